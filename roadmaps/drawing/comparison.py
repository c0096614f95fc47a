"""What moved between two moments on paper: the page's lines, kind by kind, under its sentence and its figures."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from core.drawing.shapes import Grid, Page, Paper
from core.models import Event
from roadmaps.drawing import frame
from roadmaps.drawing.frame import MARGIN, Caption
from roadmaps.drawing.lists import ROW, pages_of_lanes
from roadmaps.looks import Look
from roadmaps.moments import MOST_LINES, Comparison, Moment

HEAD = {"What": 0.33, "By": 0.16, "Because of": 0.17}  # shares of the width; what moved has the rest


def draw(look: Look, comparison: Comparison, since: Moment, until: Moment, paper: Paper, zone: str, today: date) -> list[Page]:
    """The comparison as a table, its head on every page."""
    moments = " to ".join(_moment(moment, zone) for moment in (since, until))
    title = f"What moved on {look.roadmap.name}" if look.roadmap else "What moved"
    caption = Caption(title, f"{moments} · {_figures(comparison)}", f"As {look.user.name} may see it", today)
    top, pages = frame.top_of(), []
    widths = [(paper.width - 2 * MARGIN) * share for share in (1 - sum(HEAD.values()), *HEAD.values())]
    parts = list(pages_of_lanes(list(_rows(comparison)), frame.rows_on(paper, top + ROW, ROW)))
    for part in parts:
        page = frame.begin(paper, caption)
        page.shapes.append(Grid(MARGIN, top, widths, ROW, [comparison.noun.capitalize(), *HEAD], part))
        pages.append(page)
    if comparison.is_still:
        frame.say_nothing(pages[0], "Nothing came, went or changed.")
    notes = [f"Judged as today: {', '.join(comparison.timeless)}"] if comparison.timeless else []
    notes += [one.words for one in comparison.refiltered]
    notes += [f"Only the first {MOST_LINES:,} are drawn"] if comparison.is_cut else []
    return frame.finish(pages, top + (len(parts[-1]) + 1) * ROW, notes=notes)


def _rows(comparison: Comparison) -> Iterator[tuple[str, list[str]]]:
    for kind, lines in comparison.told.items():
        for line in lines:
            name = f"{line.key} {line.title}".strip()
            if line.how:
                yield kind.capitalize(), [name, line.how.capitalize(), *_act(line.act)]
            for change in line.changes:
                yield kind.capitalize(), [name, change.words, *_act(change.act)]


def _act(act: Event | None) -> tuple[str, str]:
    if act is None:
        return "", ""
    return f"{act.actor.name if act.actor else 'Waymark'}, {act.at.day} {act.at:%b %Y}", act.because_label


def _moment(moment: Moment, zone: str) -> str:
    at = moment.at.astimezone(ZoneInfo(zone))
    day = f"{at.day} {at:%b %Y, %H:%M}"
    return f"{moment.name} ({day})" if moment.name else day


def _figures(comparison: Comparison) -> str:
    figures = comparison.figures
    said = f"{figures.added} added, {figures.dropped} dropped, {comparison.moved} moved, {comparison.rescoped} re-scoped"
    said += "" if figures.churn is None else f" · churn {figures.churn:.0%}"
    return said + ("" if figures.mean_slip is None else f", slip {figures.mean_slip:.1f} days")
