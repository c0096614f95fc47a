"""A roadmap as a file, in each format there is."""

from django.http import Http404, HttpResponseBase

from core.downloads import DRAWINGS, SHEETS, download_pages, download_table
from core.drawing.shapes import A3, PICTURE, SLIDE
from core.models import Organisation
from roadmaps.drawing import draw_look
from roadmaps.drawing.comparison import draw as draw_comparison
from roadmaps.looks import Look
from roadmaps.moments import Moment, compare_moments
from roadmaps.sheets import table_of_look

FORMATS = DRAWINGS | SHEETS
PAPERS = {"pdf": A3, "pptx": SLIDE, "png": PICTURE, "svg": PICTURE}


def download_comparison(look: Look, since: Moment, until: Moment, zone: str) -> HttpResponseBase:
    """What moved in the look between two moments as PDF; of one that asks for what is gone there is none."""
    if look.is_hidden:
        raise Http404("There is no such file.")
    comparison = compare_moments(look, since.at, until.at)
    name = f"What moved {look.roadmap.name}" if look.roadmap else "What moved"
    return download_pages(draw_comparison(look, comparison, since, until, A3, zone, Organisation.today()), name, "pdf")


def download_look(look: Look, kind: str) -> HttpResponseBase:
    """The look as a file of this kind; one that asks for what is gone, or not this person's to see, has nothing to send."""
    if kind not in FORMATS or look.is_hidden:
        raise Http404("There is no such file.")
    if kind in SHEETS:
        return download_table(table_of_look(look, look.title), kind)
    return download_pages(draw_look(look, PAPERS[kind], Organisation.today()), look.title, kind)
