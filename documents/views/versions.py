"""The revisions of a document: listed, compared, restored."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from core.pages import answer, say
from documents import services
from documents.models import Document, DocumentRevision
from documents.permissions import can_write_document
from documents.reports import compare_revisions, revision_lines
from documents.views.writing import get_document


@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every revision of a document: by whom, when, and which sections it changed."""
    row = get_document(request.user, pk)
    context = {"document": row, "lines": revision_lines(row, request.user), "can_write": can_write_document(request.user, row)}
    return answer(request, "documents/versions.html", context)


@require_GET
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What a revision changed against the one before, or against the one asked for by `?with=`."""
    row = get_document(request.user, pk)
    newer = _revision(request, row, str(number))
    other = request.GET.get("with", str(number - 1))
    older = _revision(request, row, other) if other != "0" else None
    if older is not None and older.number > newer.number:
        older, newer = newer, older
    context = {"document": row, "newer": newer, "older": older, "can_write": can_write_document(request.user, row)}
    context["sections"] = compare_revisions(older.parts if older else [], newer.parts)
    return answer(request, "documents/version.html", context)


@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The document reads as it did at this revision, as a new one."""
    row = get_document(request.user, pk)
    services.restore_revision(actor=request.user, document=row, revision=_revision(request, row, str(number)))
    return say(request, redirect("document-versions", row.pk), f"Revision {number} stands again, as revision {row.revision}.")


def _revision(request: HttpRequest, row: Document, number: str) -> DocumentRevision:
    rows = DocumentRevision.objects.visible_to(request.user).select_related("author")
    return get_object_or_404(rows, document=row, number=int(number) if number.isdecimal() and len(number) < 9 else 0)
