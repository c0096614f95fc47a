"""Documents: the list, one to read or write, a new one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.context import scope_of
from core.exceptions import Conflict, Refused
from core.forms import blame
from core.pages import answer, say
from core.saved_views import opens_with_view, tabs_for
from documents import services
from documents.filters import DocumentFilter
from documents.forms import DocumentForm, TextForm
from documents.models import Document
from documents.views.writing import clashes_in_words, get_document, written


@require_GET
@opens_with_view("documents")
def documents(request: HttpRequest) -> HttpResponse:
    """All documents in sight, the newest change first."""
    rows = Document.objects.visible_to(request.user).select_related("template", "feature__product", "feature__owner")
    if scope := scope_of(request):
        rows = rows.filter(feature__product=scope)
    narrowing = DocumentFilter(request.GET, user=request.user)
    page = Paginator(narrowing.narrow(rows), 50).get_page(request.GET.get("page"))
    context = {"page": page, "filter": narrowing, "views": tabs_for(request, "documents")}
    return answer(request, "documents/documents.html", context, part="rows")


@require_http_methods(["GET", "POST"])
def new_document(request: HttpRequest) -> HttpResponse:
    """Choose template and feature; saved, the document opens to be written."""
    form = DocumentForm(request.POST or None, user=request.user, initial={"feature": request.GET.get("feature", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("document", services.create_document(actor=request.user, **form.cleaned_data).pk)
        except Refused as error:
            blame(form, error)
    return answer(request, "documents/document_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """A document to read and, for who may, to write; POST saves its text as a new revision."""
    row = get_document(request.user, pk)
    form, status = TextForm(request.POST or None, user=request.user), 200
    context = {}
    if request.method == "POST" and form.is_valid():
        values = {"sections": form.cleaned_data["text"], "based_on": form.cleaned_data["based_on"]}
        try:
            services.save_document(actor=request.user, document=row, **values)
            return say(request, redirect(_here(request, row)), f"Saved as revision {row.revision}.")
        except Conflict as conflict:
            services.keep_draft(actor=request.user, document=row, text=request.POST["text"], based_on=values["based_on"])
            context["clashes"], status = clashes_in_words(conflict), conflict.status
        except Refused as error:
            blame(form, error)
    context |= written(request, row, form)
    return answer(request, "documents/document.html", context, status=422 if form.errors else status)


@require_POST
def change_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The document goes into review, or back to being a draft."""
    row = get_document(request.user, pk)
    services.set_document_state(actor=request.user, document=row, state=request.POST.get("state", ""))
    return say(request, redirect(_here(request, row)), f"The document is now: {row.get_state_display().lower()}.")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The document leaves every list; its feature opens."""
    row = get_object_or_404(Document.objects.visible_to(request.user).select_related("feature", "template"), pk=pk)
    services.delete_document(actor=request.user, document=row)
    return say(request, redirect("feature", row.feature.key), f"{row} was deleted. The history keeps it.")


def _here(request: HttpRequest, row: Document) -> str:
    view = request.POST.get("view", "")
    return reverse("document", args=[row.pk]) + (f"?view={view}" if view in ("write", "read") else "")
