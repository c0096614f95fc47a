"""A roadmap as a file, in each format there is."""

from django.http import Http404, HttpResponseBase

from core.downloads import SHEETS, download_table
from roadmaps.looks import Look
from roadmaps.sheets import table_of_look

FORMATS = SHEETS


def download_look(look: Look, kind: str) -> HttpResponseBase:
    """The look as a file of this kind; one that asks for what is gone, or not this person's to see, has nothing to send."""
    if kind not in FORMATS or look.is_hidden:
        raise Http404("There is no such file.")
    return download_table(table_of_look(look, look.roadmap.name if look.roadmap else "Roadmap"), kind)
