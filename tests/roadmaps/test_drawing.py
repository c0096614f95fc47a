"""Roadmaps as pictures, pages and slides: every bar and link of the page's plan, in its reader's rights."""

import io
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pptx import Presentation
from pypdf import PdfReader

from core.drawing.shapes import A3, PICTURE, SLIDE, Box, Grid, Stroke, Text
from core.models import Organisation
from roadmaps import services
from roadmaps.drawing import draw_look
from roadmaps.looks import Look
from roadmaps.models import Feature
from tests.factories.roadmaps import DependencyFactory, FeatureFactory, InitiativeFactory, ReleaseFactory

LAYOUTS = ("timeline", "board", "horizons", "list")
TODAY = date(2027, 1, 11)
HOSTILE = '<script>alert("1")</script> & co'


@pytest.fixture
def dated(cast, plan):
    """Two features of a theme and one out of others' sight, a release, and one link that is broken."""
    theme = InitiativeFactory(product=cast.own, name="Settle in a day", outcome="Money the same evening", horizon="now")
    values = {"start_date": date(2027, 1, 5), "target_date": date(2027, 2, 20)}
    for row, initiative in ((plan.own, theme), (plan.foreign, None), (plan.private, None)):
        Feature.objects.filter(pk=row.pk).update(initiative=initiative, **values)
    waits = FeatureFactory(product=cast.own, title=HOSTILE, initiative=theme, start_date=date(2027, 2, 1), target_date=date(2027, 3, 1))
    DependencyFactory(predecessor=plan.own, successor=waits, kind="FS")
    ReleaseFactory(product=cast.own, version_name="2027.1", day=date(2027, 3, 31))
    return waits


def look_of(user, query: str, roadmap=None) -> Look:
    return Look(user, QueryDict(f"from=2027-01-01&{query}"), roadmap)


def words(pages) -> str:
    said = []
    for page in pages:
        for shape in page.shapes:
            said += [line.text for line in shape.lines] + [shape.name] if isinstance(shape, Box) else []
            said += [shape.line.text] if isinstance(shape, Text) else []
            said += [text for row in shape.rows for text in row] if isinstance(shape, Grid) else []
    return "\n".join(said)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("paper", [A3, SLIDE, PICTURE])
def test_every_layout_draws_what_its_reader_sees_and_nothing_out_of_sight(layout, paper, cast, plan, dated):
    text = words(draw_look(look_of(cast.other_maker, f"layout={layout}"), paper, TODAY))
    assert plan.own.key in text
    assert plan.foreign.key in text
    assert plan.own.title in text
    assert "canary" not in text
    assert "canary" in words(draw_look(look_of(cast.maker, f"layout={layout}"), paper, TODAY))


@pytest.mark.parametrize("layout", ["timeline", "horizons", "list"])
def test_themes_alone_name_no_feature(layout, cast, plan, dated):
    roadmap = services.create_roadmap(actor=cast.maker, name="Themes", is_theme_only=True)
    text = words(draw_look(look_of(cast.maker, f"layout={layout}", roadmap), A3, TODAY))
    assert "Settle in a day" in text
    assert plan.own.key not in text
    assert plan.own.title not in text


def test_a_broken_link_is_red_and_ties_its_bars(cast, plan, dated):
    [page] = draw_look(look_of(cast.maker, "layout=timeline"), A3, TODAY)
    [link] = [shape for shape in page.shapes if isinstance(shape, Stroke) and shape.begin]
    assert (link.begin, link.end) == ((f"bar-{plan.own.pk}", "right"), (f"bar-{dated.pk}", "left"))
    assert link.color == "#d55e00"
    assert link.name
    bar = next(shape for shape in page.shapes if isinstance(shape, Box) and shape.key == link.begin[0])
    (x, y), end = link.points[0], bar.x + bar.width
    assert bar.x < x <= end
    assert y == bar.y + bar.height / 2


def test_a_freeze_is_shaded_named_and_in_the_legend(cast, plan, dated):
    for product, reason, month in ((cast.own, "Busy weeks", 2), (cast.private, "Hidden canary", 3)):
        services.create_freeze(
            actor=cast.maker, product=product, starts_on=date(2027, month, 1), ends_on=date(2027, month, 14), reason=reason
        )
    [page] = draw_look(look_of(cast.other_maker, "layout=timeline"), A3, TODAY)
    shaded = [shape for shape in page.shapes if isinstance(shape, Box) and shape.name.startswith("Freeze")]
    assert [shape.name.partition(",")[0] for shape in shaded] == ["Freeze of OWN: Busy weeks"]
    text = words([page])
    assert "no releases" in text
    assert "canary" not in text


def test_bars_stay_between_the_edges_of_their_page(cast, plan, dated):
    Feature.objects.filter(pk=plan.own.pk).update(start_date=date(2020, 1, 1), target_date=date(2035, 1, 1), date_confidence="low")
    for page in draw_look(look_of(cast.maker, "layout=timeline"), A3, TODAY):
        for shape in page.shapes:
            if isinstance(shape, Box):
                assert 0 <= shape.x <= shape.x + shape.width <= page.width
                assert 0 <= shape.y <= shape.y + shape.height <= page.height
            elif isinstance(shape, Stroke):
                assert all(0 <= x <= page.width and 0 <= y <= page.height for x, y in shape.points)


def test_a_long_plan_goes_on_under_the_same_head_with_each_bar_once(cast, plan, dated):
    for number in range(90):
        FeatureFactory(product=cast.own, title=f"Bar {number:02}", start_date=TODAY, target_date=TODAY + timedelta(days=20))
    pages = draw_look(look_of(cast.maker, "layout=timeline&lanes=product"), A3, TODAY)
    assert len(pages) > 2
    for number in range(90):
        assert (
            sum(
                shape.name.startswith("OWN-") and f"Bar {number:02}:" in shape.name
                for page in pages
                for shape in page.shapes
                if isinstance(shape, Box)
            )
            == 1
        )
    assert all("Q1 2027" in words([page]) for page in pages)
    assert "(continued)" in words(pages[1:])


def test_pdf_and_deck_hold_every_bar_and_link(cast, plan, dated, browse):
    roadmap = services.create_roadmap(actor=cast.maker, name="Plan", query="filter=product:OWN")
    client, address = browse(cast.maker), f"/roadmaps/{roadmap.pk}/export"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(client.get(f"{address}.pdf?from=2027-01-01").getvalue())).pages)
    assert HOSTILE in text
    assert plan.own.title in text
    deck = Presentation(io.BytesIO(client.get(f"{address}.pptx?from=2027-01-01").getvalue()))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    bars = {shape.shape_id for shape in shapes if shape.name.startswith("OWN-") and shape.has_text_frame}
    assert len(bars) == 2
    [link] = [shape for shape in shapes if shape._element.find(".//{*}stCxn") is not None]
    assert {int(link._element.find(f".//{{*}}{end}").get("id")) for end in ("stCxn", "endCxn")} == bars


@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "pptx"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_format_of_each_layout_is_the_same_for_the_same_day(kind, layout, cast, plan, dated, browse):
    address = f"/roadmaps/timeline/export.{kind}?layout={layout}&from=2027-01-01"
    answers = [browse(cast.maker).get(address) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, again = (answer.getvalue() for answer in answers)
    assert first == again
    assert answers[0]["Content-Disposition"] == f'attachment; filename="Roadmap-{Organisation.today().isoformat()}.{kind}"'


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_svg_shows_a_hostile_title_as_text(layout, cast, plan, dated, browse):
    data = browse(cast.maker).get(f"/roadmaps/timeline/export.svg?layout={layout}&from=2027-01-01").getvalue()
    root = ElementTree.fromstring(data)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "<script>" in "".join(root.itertext())


def test_a_drawing_asks_no_more_the_more_bars_there_are(cast, plan, dated):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            draw_look(look_of(cast.maker, "layout=timeline"), A3, TODAY)
        return len(asked)

    count()  # what rights this person has is asked once
    few = count()
    FeatureFactory.create_batch(40, product=cast.own, start_date=TODAY, target_date=TODAY)
    assert count() == few


def test_an_empty_plan_says_so_in_every_layout(cast, plan):
    for layout in LAYOUTS:
        text = words(draw_look(look_of(cast.maker, f"layout={layout}&filter=title:nowhere"), A3, TODAY))
        assert "Nothing" in text or "No feature" in text
