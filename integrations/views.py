"""Pages of integrations."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, say
from core.permissions import must
from integrations import reports, services
from integrations.forms import FileForm, PlanForm
from integrations.models import ImportRow, ImportRun
from integrations.permissions import can_import_something
from integrations.tables import UnreadableTable


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The imports so far, and a form for the next file."""
    must(can_import_something(request.user), "Only product operations, and owners and editors for their own product, may import.")
    form = FileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given, mapping = form.cleaned_data, form.cleaned_data["mapping"]
        try:
            run = services.receive_file(
                actor=request.user,
                kind=given["kind"],
                product=given["product"],
                file_name=given["file"].name,
                content=given["file"].read(),
                plan=mapping.plan if mapping else None,
            )
            return redirect("import", run.pk)
        except Refused as error:
            blame(form, error)
    runs = ImportRun.objects.visible_to(request.user).select_related("product", "owner")[:50]
    return answer(request, "integrations/imports.html", {"form": form, "runs": runs}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: what its columns hold, what would become of its rows, what became of them. POST saves what the columns hold."""
    run = get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("product", "owner"), pk=pk)
    context = {"run": run, "may": run.owner_id == request.user.pk, "outcome": request.GET.get("outcome", "")}
    try:
        names, samples = reports.samples_of(run)
    except (UnreadableTable, OSError) as error:
        return answer(request, "integrations/import.html", {**context, "unreadable": str(error)}, status=422)
    form = PlanForm(request.POST or None, target=reports.target_of(run.kind), names=names, plan=run.plan)
    if request.method == "POST" and form.is_valid():
        services.plan_import(actor=request.user, run=run, plan=form.new_plan())
        return redirect("import", run.pk)
    context |= {"form": form, "columns": list(zip(form.column_fields(), samples, strict=True)), "words": reports.words_of(run)}
    context |= {"rows": reports.rows_of(run, request.user, context["outcome"]), "outcomes": _outcomes(run)}
    return answer(request, "integrations/import.html", context, status=422 if form.errors else 200)


@require_POST
def import_words(request: HttpRequest, pk: int) -> HttpResponse:
    """What the words of the file mean is said."""
    run = get_object_or_404(ImportRun.objects.visible_to(request.user), pk=pk)
    plan = {**run.plan, "columns": {position: dict(column) for position, column in run.plan.get("columns", {}).items()}}
    for column in reports.words_of(run):
        for word in column.words:
            if word.name in request.POST:
                position = word.name.split("_")[1]
                plan["columns"][position]["values"] = {**plan["columns"][position].get("values", {}), word.text: request.POST[word.name]}
    services.plan_import(actor=request.user, run=run, plan=plan)
    return redirect("import", run.pk)


@require_POST
def import_rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would do is foretold."""
    run = services.check_import(actor=request.user, run=_mine(request, pk))
    return say(request, redirect("import", run.pk), run.message or "Nothing was changed. Below is what the import would do.")


@require_POST
def import_execution(request: HttpRequest, pk: int) -> HttpResponse:
    """The file's rows are in."""
    run = services.run_import(actor=request.user, run=_mine(request, pk))
    return say(request, redirect("import", run.pk), run.message or f"{run.file_name} is in.")


@require_POST
def import_reversal(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import did is taken back."""
    run = services.undo_import(actor=request.user, run=_mine(request, pk))
    return say(request, redirect("import", run.pk), f"{run.file_name} is taken back: nothing of it is left.")


@require_POST
def import_mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """How the columns are read is kept under a name."""
    mapping = services.save_mapping(actor=request.user, run=_mine(request, pk), name=request.POST.get("name", ""))
    return say(request, redirect("import", pk), f"The mapping is kept as “{mapping.name}”.")


def _mine(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("owner", "product"), pk=pk)


def _outcomes(run: ImportRun) -> list[tuple[str, str, int]]:
    return [(outcome, outcome.label, run.counts[outcome]) for outcome in ImportRow.Outcome if run.counts.get(outcome)]
