"""What stands in the cells of the grid. Parts that many rows share (a stage, a person) are drawn once per answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate

from core.models import User
from core.templatetags.waymark import money
from roadmaps.columns import Column
from roadmaps.effort import say_effort
from roadmaps.models import Feature

LEVELS = {"low": 1, "medium": 2, "high": 3}
BLANK = mark_safe('<span class="blank">blank</span>')
NOTHING = mark_safe('<span class="blank">none</span>')
NOBODY = mark_safe('<span class="blank" title="nobody">–<span class="sr">nobody</span></span>')
NEAR_DAYS = 300  # a day this near needs no year


@dataclass(frozen=True)
class Cell:
    column: Column
    html: str


@dataclass(frozen=True)
class Row:
    """A feature as a line of the grid."""

    feature: Feature
    cells: list[Cell]
    is_editable: bool


class Draw:
    """Draws cells for one person; `part` draws a component once for equal keys."""

    def __init__(self, user: User):
        self.sees_revenue = user.rights.sees("revenue")
        self.editable = user.rights.editable
        self.today = localdate()
        self.parts: dict[tuple, SafeString] = {}

    def day(self, day: date) -> str:
        """The day as narrow as it is clear: `27 Feb`, and `Feb 2029` where the year is not plain."""
        return f"{day.day} {day:%b}" if abs((day - self.today).days) < NEAR_DAYS else f"{day:%b %Y}"

    def rows(self, features: Iterable[Feature], columns: list[Column]) -> list[Row]:
        """The features as lines with these columns."""
        cells = [(column, CELLS[column.name]) for column in columns]
        return [Row(f, [Cell(column, cell(self, f)) for column, cell in cells], f.product_id in self.editable) for f in features]

    def part(self, name: str, key: Any, **context: Any) -> SafeString:
        """The component as HTML."""
        found = self.parts.get((name, key))
        if found is None:
            found = self.parts[name, key] = get_template(f"components/{name}.html").render(context)
        return found


def _key(draw: Draw, f: Feature) -> str:
    return format_html('<a class="fkey" data-panel href="{}">{}</a>', reverse("feature", args=[f.key]), f.key)


def _score(draw: Draw, f: Feature) -> str:
    facts = {"value": f.score, "low": f.score_low, "high": f.score_high, "completeness": f.score_completeness, "updating": f.is_score_due}
    return draw.part("score", tuple(facts.values()), **facts)


def _demand(draw: Draw, f: Feature) -> str:
    if not draw.sees_revenue:
        return str(f.demand_people)
    return format_html('<span class="pair"><span>{}</span><span class="rev">{}</span></span>', f.demand_people, money(f.demand_revenue))


def _target(draw: Draw, f: Feature) -> str:
    if f.target_date is None:
        return BLANK
    level = LEVELS.get(f.date_confidence, 0)
    return format_html('<span class="pair">{}{}</span>', draw.day(f.target_date), draw.part("confidence", level, level=level))


CELLS: dict[str, Callable[[Draw, Feature], str]] = {
    "key": _key,
    "title": lambda draw, f: f.title,
    "product": lambda draw, f: f.product.name,
    "initiative": lambda draw, f: f.initiative.name if f.initiative else NOTHING,
    "stage": lambda draw, f: draw.part("stage", f.stage_id, stage=f.stage),
    "status": lambda draw, f: f.get_status_display(),
    "owner": lambda draw, f: draw.part("person", f.owner_id, person=f.owner) if f.owner else NOBODY,
    "team": lambda draw, f: f.team.name if f.team else NOTHING,
    "kind": lambda draw, f: f.get_kind_display(),
    "score": _score,
    "demand": _demand,
    "effort": lambda draw, f: say_effort(f.effort_low, f.effort_likely, f.effort_high) or BLANK,
    "start_date": lambda draw, f: draw.day(f.start_date) if f.start_date else BLANK,
    "target_date": _target,
    "date_confidence": lambda draw, f: f.get_date_confidence_display() or BLANK,
    "release": lambda draw, f: f.release.version_name if f.release else NOTHING,
    "rank": lambda draw, f: str(f.manual_rank) if f.manual_rank is not None else BLANK,
    "in_stage": lambda draw, f: draw.day(localdate(f.stage_since)),
    "changed": lambda draw, f: draw.day(localdate(f.updated_at)),
}
