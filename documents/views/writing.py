"""What the editor needs: the text one goes on from, drafts kept while typing, and conflicts settled."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.exceptions import Conflict
from core.models import User
from core.pages import answer, say
from core.registry import panels_for
from documents import services
from documents.forms import DraftForm, TextForm
from documents.live import choices
from documents.models import Document, DocumentRevision, Draft
from documents.permissions import can_write_document
from documents.reports import shown_sections
from documents.sections import read_sections

VIEWS = {"write": "Write", "side": "Side by side", "read": "Read"}
SECTION = "section:"  # before the heading in the names of a conflict's fields


def get_document(user: User, pk: int) -> Document:
    """The document, where the person sees it."""
    joins = ("template", "feature__product", "feature__stage", "feature__owner", "feature__release")
    return get_object_or_404(Document.objects.visible_to(user).select_related(*joins), pk=pk)


def written(request: HttpRequest, row: Document, form: TextForm) -> dict[str, Any]:
    """Everything the page of a document shows: the text to go on from is what was sent, else one's draft, else what stands."""
    user = request.user
    can_write = can_write_document(user, row)
    draft = Draft.objects.visible_to(user).filter(document=row).first() if can_write else None
    text, based_on, parts = (draft.text, draft.based_on, _readable(draft.text, row)) if draft else (row.text, row.revision, row.parts)
    if form.is_bound:
        text, based_on = request.POST.get("text", ""), request.POST.get("based_on", row.revision)
        parts = _readable(text, row)
    sections = shown_sections(row, parts, user)
    wanted = request.GET.get("view", "side")
    return {
        "document": row, "form": form, "can_write": can_write, "draft": draft, "text": text, "based_on": based_on,
        "sections": sections, "filled": sum(section.is_required and section.is_filled for section in sections),
        "fields": choices(), "views": VIEWS.items(), "panels": panels_for(request, row),
        "view": wanted if can_write and wanted in VIEWS else "side" if can_write else "read",
        "last": DocumentRevision.objects.visible_to(user).filter(document=row).select_related("author").first(),
    }  # fmt: skip


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed and show how it reads. Answers the preview; without htmx, the editor again."""
    row = get_document(request.user, pk)
    form = DraftForm(request.POST, user=request.user)
    if not form.is_valid():
        return answer(request, "documents/refused_draft.html", {"form": form}, status=422)
    services.keep_draft(actor=request.user, document=row, **form.cleaned_data)
    if not request.htmx:
        return redirect("document", row.pk)
    sections = shown_sections(row, _readable(form.cleaned_data["text"], row), request.user)
    return answer(request, "documents/document.html", {"document": row, "sections": sections}, part="preview")


@require_POST
def discard_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What was typed and not saved is gone; the document reads as it was saved last."""
    row = get_document(request.user, pk)
    services.drop_draft(actor=request.user, document=row)
    return say(request, redirect("document", row.pk), "Your draft is gone. This is what was saved last.")


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Save one's draft with the texts chosen where others had written too."""
    row = get_document(request.user, pk)
    mine = get_object_or_404(Draft.objects.visible_to(request.user).filter(document=row))
    chosen = {name.removeprefix(SECTION): value for name, value in request.POST.items() if name.startswith(SECTION)}
    # The choice was made between these two: where a third text has come since, it is asked for again.
    is_current = request.POST.get("version") == str(row.revision)
    try:
        sections = read_sections(mine.text)
        services.save_document(
            actor=request.user, document=row, sections=sections, based_on=mine.based_on, chosen=chosen if is_current else None
        )
    except Conflict as conflict:
        context = written(request, row, TextForm(user=request.user)) | {"clashes": clashes_in_words(conflict)}
        return answer(request, "documents/document.html", context, status=conflict.status)
    return say(request, redirect("document", row.pk), f"Saved as revision {row.revision}.")


def clashes_in_words(conflict: Conflict) -> list[dict[str, str]]:
    """The sections two people changed, as the conflict's form shows them; what was taken out reads as blank."""
    return [
        {"name": SECTION + clash.field, "label": clash.field or "The beginning", "mine": clash.mine or "", "theirs": clash.theirs or ""}
        for clash in conflict.clashes
    ]


def _readable(text: str, row: Document):
    """The sections of a text in the making; those saved last where it cannot be read as sections just now."""
    try:
        return read_sections(text)
    except ValueError:
        return row.parts
