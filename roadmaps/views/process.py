"""Settings of the process: its stages."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core import history
from core.editing import edit
from core.exceptions import Refused
from core.forms import blame
from core.pages import answer, say
from core.permissions import can_shape_process, must
from roadmaps import services
from roadmaps.forms import StageForm
from roadmaps.models import Feature, Stage
from roadmaps.services.stages import REFUSAL


@require_http_methods(["GET", "POST"])
def stages(request: HttpRequest) -> HttpResponse:
    """The stages in their order, with how many features in sight stand in each; POST adds one."""
    may_change = can_shape_process(request.user)
    must(request.method == "GET" or may_change, REFUSAL)
    form = StageForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.create_stage(actor=request.user, **form.values())
            return say(request, redirect("stages"), f"{added.name} is a stage of the process.")
        except Refused as error:
            blame(form, error)
    counts = dict(Feature.objects.visible_to(request.user).canonical().order_by().values_list("stage").annotate(Count("pk")))
    rows = [(row, counts.get(row.pk, 0)) for row in Stage.objects.visible_to(request.user)]
    context = {"rows": rows, "form": form, "may_change": may_change}
    return answer(request, "roadmaps/stages.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change_stage(request: HttpRequest, slug: str) -> HttpResponse:
    """One stage; POST saves it."""
    row = get_object_or_404(Stage.objects.visible_to(request.user), slug=slug)
    must(can_shape_process(request.user), REFUSAL)
    form = StageForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_stage(actor=request.user, stage=row, **values)
        return say(request, redirect("stages"), f"{row.name} is saved.")

    return edit(request, "roadmaps/stage.html", form, save, lambda: {"stage": row, "history": history.of_row(row, request.user)}, row)


@require_POST
def stage_removal(request: HttpRequest, slug: str) -> HttpResponse:
    """The process no longer has the stage."""
    row = get_object_or_404(Stage.objects.visible_to(request.user), slug=slug)
    services.delete_stage(actor=request.user, stage=row)
    return say(request, redirect("stages"), f"{row.name} is no stage of the process any more.")
