"""Pages of integrations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.api.pagination import Order
from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, say
from core.paging import page_of
from core.permissions import must
from integrations import reports, services
from integrations.forms import FileForm, PlanForm
from integrations.importing import MAKE
from integrations.models import ImportMapping, ImportReference, ImportRow, ImportRun
from integrations.permissions import REFUSAL, can_import_something
from integrations.tables import UnreadableTable
from integrations.targets import TARGETS

BY_PLACE = Order("id", ImportReference._meta.get_field("id"), False)
BY_NUMBER = Order("number", ImportRow._meta.get_field("number"), False)
ROWS = 100  # of the result on one page


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The imports so far, and a form for the next file."""
    must(can_import_something(request.user), REFUSAL)
    form = FileForm(request.POST or None, request.FILES or None, user=request.user, initial={"product": request.user.scope_id})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        file, mapping = given.pop("file"), given.pop("mapping")
        plan = mapping.plan if mapping else None
        try:
            run = services.receive_file(actor=request.user, file_name=file.name, content=services.content_of(file), plan=plan, **given)
            return redirect("import", run.pk)
        except Refused as error:
            blame(form, error)
    runs = ImportRun.objects.visible_to(request.user).select_related("product", "owner")[:50]
    mappings = ImportMapping.objects.visible_to(request.user).filter(owner=request.user).select_related("product")
    context = {"form": form, "runs": runs, "mappings": mappings}
    return answer(request, "integrations/imports.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: what its columns hold, what would become of its rows, what became of them. POST says what the columns hold."""
    run = _seen(request, pk)
    try:
        mapping = _mapping_of(run, request) if run.state in ImportRun.WAITING else {}
    except (UnreadableTable, OSError) as error:
        mapping = {"unreadable": str(error)}
    form = mapping.get("form")
    if form is not None and form.is_valid():
        services.plan_import(actor=request.user, run=run, plan=form.new_plan())
        return _planned(request, run)
    if request.method == "POST" and form is None:
        services.plan_import(actor=request.user, run=run, plan=run.plan)  # refuses with the reason
    context = {"run": run, "may": run.owner_id == request.user.pk, **mapping, **_result_of(run, request)}
    return answer(request, "integrations/import.html", context, part="run", status=422 if form is not None and form.errors else 200)


@require_POST
def import_words(request: HttpRequest, pk: int) -> HttpResponse:
    """What the words of the file mean is said."""
    run = _seen(request, pk)
    columns = {position: dict(column) for position, column in run.plan.get("columns", {}).items()}
    for position, column in columns.items():
        said = dict(zip(request.POST.getlist(f"word_{position}"), request.POST.getlist(f"meaning_{position}"), strict=False))
        if f"make_{position}" in request.POST:
            column["unknown"] = request.POST[f"make_{position}"]
        if said:
            known = {**column.get("values", {}), **said}
            column["values"] = {word: meaning for word, meaning in known.items() if meaning or column.get("unknown") != MAKE}
    services.plan_import(actor=request.user, run=run, plan={**run.plan, "columns": columns})
    return _planned(request, run)


@require_POST
def import_execution(request: HttpRequest, pk: int) -> HttpResponse:
    """The file's rows come in, by a job."""
    run = services.start_import(actor=request.user, run=_seen(request, pk))
    return redirect("import", run.pk)


@require_POST
def import_cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """The job under way ends."""
    run = services.cancel_import(actor=request.user, run=_seen(request, pk))
    return say(request, redirect("import", run.pk), "It is being ended.")


@require_POST
def import_reversal(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import did is taken back."""
    run = services.reverse_import(actor=request.user, run=_seen(request, pk))
    return redirect("import", run.pk)


@require_POST
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """How the columns are read is kept under a name."""
    mapping = services.save_mapping(actor=request.user, run=_seen(request, pk), name=request.POST.get("name", ""))
    return say(request, redirect("import", pk), f"The mapping is kept as “{mapping.name}”.")


@require_POST
def import_mapping_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The mapping is offered no longer."""
    mapping = get_object_or_404(ImportMapping.objects.visible_to(request.user), pk=pk)
    services.delete_mapping(actor=request.user, mapping=mapping)
    return say(request, redirect("imports"), f"The mapping “{mapping.name}” is gone.")


def _seen(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("owner", "product", "job"), pk=pk)


def _planned(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Back to the run, which is checked at once where the button said so."""
    if "check" in request.POST:
        services.rehearse_import(actor=request.user, run=run)
    return redirect("import", run.pk)


def _mapping_of(run: ImportRun, request: HttpRequest) -> dict[str, Any]:
    """The form over the columns with samples of each, and the words to be explained."""
    names, samples = reports.samples_of(run)
    form = PlanForm(request.POST or None, run=run, names=names)
    words = reports.words_of(run) if run.state == ImportRun.State.CHECKED else []
    columns = list(zip(form.column_fields(), samples, strict=True))
    return {"form": form, "columns": columns, "words": words, "left_out": reports.columns_left_out(run)}


def _result_of(run: ImportRun, request: HttpRequest) -> dict[str, Any]:
    """What became of the rows: counted by outcome, one page of them, and where they are seen."""
    outcome, relation = request.GET.get("outcome", ""), request.GET.get("relation", "")
    relations = reports.count_references(run, request.user)
    product = f"?product={run.product.key}" if run.product else ""
    return {
        "outcome": outcome,
        "outcomes": [(one, one.label, run.counts[one]) for one in ImportRow.Outcome if run.counts.get(one)],
        "total": sum(run.counts.values()),
        "would_write": any(run.counts.get(one) for one in (ImportRow.Outcome.MADE, ImportRow.Outcome.CHANGED)),
        "page": page_of(request, reports.rows_of(run, request.user, outcome), BY_NUMBER, ROWS),
        "relation": relation,
        "relations": relations,
        "relations_total": sum(count for *_, count in relations),
        "relation_page": page_of(request, reports.references_of(run, request.user, relation), BY_PLACE, ROWS) if relations else None,
        "seen_at": reverse(TARGETS[run.kind].page) + product,
    }
