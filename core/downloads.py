"""Files that leave by the browser or the API: in which formats, under which name, never kept by anybody on the way."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.module_loading import import_string

from core.models import Organisation
from core.sheets import Table


class Format(NamedTuple):
    """A kind of file. `writer` is the path of what writes it: libraries of formats are heavy, so that each is read when first asked for."""

    label: str
    content_type: str
    writer: str


SHEETS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", "core.sheets.csv.pieces"),
    "xlsx": Format("Excel (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "core.sheets.xlsx.pieces"),
}

DRAWINGS = {
    "pdf": Format("PDF, A3", "application/pdf", "core.drawing.pdf.pieces"),
    "pptx": Format(
        "PowerPoint (PPTX)", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "core.drawing.pptx.pieces"
    ),
    "png": Format("Picture (PNG)", "image/png", "core.drawing.png.pieces"),
    "svg": Format("Drawing (SVG)", "image/svg+xml", "core.drawing.svg.pieces"),
}


def download_pages(pages: Sequence[Any], name: str, kind: str) -> StreamingHttpResponse:
    """The pages of a drawing as a file of this kind, one of `DRAWINGS`."""
    return download([b"".join(import_string(DRAWINGS[kind].writer)(pages))], name, kind, DRAWINGS[kind])


def download_table(table: Table, kind: str) -> StreamingHttpResponse:
    """The table as a file of this kind, one of `SHEETS`, sent while it is written."""
    return download(import_string(SHEETS[kind].writer)(table), table.name, kind, SHEETS[kind])


def download(pieces: Iterable[bytes], name: str, kind: str, form: Format) -> StreamingHttpResponse:
    """The pieces as a file named by what it holds and the day (RFC 6266: in ASCII, other letters in UTF-8 beside it)."""
    response = StreamingHttpResponse(pieces, content_type=form.content_type)
    stem = re.sub(r"[^\w-]+", "-", name).strip("-")[:80] or "waymark"
    response["Content-Disposition"] = content_disposition_header(True, f"{stem}-{Organisation.today().isoformat()}.{kind}")
    response["Cache-Control"] = "no-store"
    return response
