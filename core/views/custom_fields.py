"""Settings of custom fields: what an organisation keeps of its features besides what Waymark does."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core import history, services
from core.editing import edit
from core.exceptions import Conflict, Refused, RuleBroken
from core.forms import blame
from core.forms.custom_fields import CustomFieldForm, NewCustomFieldForm
from core.models import CustomField, CustomValue, User
from core.pages import answer, say
from core.permissions import can_keep_custom_fields, must, must_keep_custom_fields

SUBJECT = "roadmaps.feature"
REFUSAL = "Product operations make fields of every product, a product's owners those of theirs."


@require_http_methods(["GET", "POST"])
def custom_fields(request: HttpRequest) -> HttpResponse:
    """The fields in sight, in their order; POST adds one."""
    form = NewCustomFieldForm(request.POST or None, user=request.user) if _keeps_any(request.user) else None
    if request.method == "POST":
        must(form is not None, REFUSAL)
        if form.is_valid():
            try:
                made = services.create_custom_field(actor=request.user, subject=SUBJECT, **form.values())
                return say(request, redirect("custom-fields"), f"Features have the field {made.label} from now on.")
            except Refused as error:
                blame(form, error)
    fields = CustomField.objects.visible_to(request.user).filter(subject=SUBJECT).select_related("product")
    filled = CustomValue.objects.visible_to(request.user).filled().order_by().values_list("field").annotate(Count("pk"))
    counts = dict(filled)
    rows = [(field, counts.get(field.pk, 0), can_keep_custom_fields(request.user, field.product_id)) for field in fields]
    return answer(request, "settings/custom_fields.html", {"rows": rows, "form": form}, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "POST"])
def custom_field(request: HttpRequest, pk: int) -> HttpResponse:
    """One field; POST saves it."""
    row = _row(request, pk)
    must_keep_custom_fields(request.user, row.product_id)
    form = CustomFieldForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        try:
            services.change_custom_field(actor=request.user, field=row, **values)
        except Conflict as conflict:
            if any(clash.field == "choices" for clash in conflict.clashes):
                raise RuleBroken(
                    "Somebody changed the choices meanwhile. Open the page again beside this one, and put yours in."
                ) from conflict
            raise
        return say(request, redirect("custom-fields"), f"{row.label} is saved.")

    return edit(
        request, "settings/custom_field.html", form, save, lambda: {"field": row, "history": history.of_row(row, request.user)}, row
    )  # fmt: skip


@require_POST
def custom_field_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The field has left every page; its values are kept."""
    row = _row(request, pk)
    services.delete_custom_field(actor=request.user, field=row)
    return say(request, redirect("custom-fields"), f"{row.label} is no field any more. Undo brings it back with all it held.")


def _row(request: HttpRequest, pk: int) -> CustomField:
    return get_object_or_404(CustomField.objects.visible_to(request.user).select_related("product"), pk=pk)


def _keeps_any(user: User) -> bool:
    return can_keep_custom_fields(user, None) or any(can_keep_custom_fields(user, pk) for pk in user.rights.owned)
