"""Settings: the templates of documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.exceptions import Outdated, Refused
from core.forms import blame
from core.pages import answer, say
from core.permissions import must
from documents import services
from documents.forms import SectionFormSet, TemplateForm
from documents.models import Template
from documents.permissions import can_change_templates


@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """All templates."""
    context = {"templates": Template.objects.visible_to(request.user), "can_change": can_change_templates(request.user)}
    return answer(request, "documents/templates.html", context)


@require_http_methods(["GET", "POST"])
def new_template(request: HttpRequest) -> HttpResponse:
    """A form for a template."""
    must(can_change_templates(request.user), services.TEMPLATES)
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """A template and its sections; POST saves them as a new revision."""
    return _edit(request, get_object_or_404(Template.objects.visible_to(request.user), pk=pk))


@require_POST
def delete_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody can begin a document of it any more."""
    row = get_object_or_404(Template.objects.visible_to(request.user), pk=pk)
    services.delete_template(actor=request.user, template=row)
    return say(request, redirect("templates"), f"{row.name} was deleted. Documents written with it stay.")


def _edit(request: HttpRequest, row: Template | None) -> HttpResponse:
    known = [section | {"position": place} for place, section in enumerate(row.sections if row else [], 1)]
    form = TemplateForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version if row else None})
    rows = SectionFormSet(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        values = form.values() | {"sections": rows.sections()}
        try:
            if row is None:
                row = services.create_template(actor=request.user, **values)
            else:
                services.change_template(actor=request.user, template=row, seen=form.cleaned_data["version"], **values)
            return say(request, redirect("templates"), f"{row.name} is saved.")
        except Outdated:
            form.add_error(None, "Somebody saved this template while you were writing. Open it in a new tab and bring your changes over.")
        except Refused as error:
            blame(form, error)
    context = {"form": form, "rows": rows, "template": row, "can_change": can_change_templates(request.user)}
    return answer(request, "documents/template.html", context, status=422 if form.errors or rows.total_error_count() else 200)
