"""Settings of products: who sees them and who belongs to them. Also the organisation's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from core import history, services
from core.editing import edit
from core.exceptions import Refused
from core.forms import blame
from core.forms.settings import MemberForm, NewProductForm, OrganisationForm, ProductForm
from core.models import Membership, Organisation, Product
from core.pages import answer, say
from core.permissions import can_administer, can_create_product, can_edit_product, must


@require_http_methods(["GET", "POST"])
def products(request: HttpRequest) -> HttpResponse:
    """The products in sight, and a form for a new one."""
    form = NewProductForm(request.POST or None, user=request.user) if can_create_product(request.user) else None
    if request.method == "POST":
        must(form is not None, "Only administrators, product operations and leaders may add products.")
        if form.is_valid():
            try:
                made = services.create_product(actor=request.user, **form.values())
                return say(request, redirect("settings-product", made.key), f"{made.name} is there. Say who works on it.")
            except Refused as error:
                blame(form, error)
    rows = Product.objects.visible_to(request.user).select_related("owner")
    return answer(request, "settings/products.html", {"rows": rows, "form": form}, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "POST"])
def product(request: HttpRequest, key: str) -> HttpResponse:
    """One product's name, visibility and members."""
    row = get_object_or_404(Product.objects.visible_to(request.user), key=key)
    form = ProductForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_product(actor=request.user, product=row, **values)
        return say(request, redirect("settings-product", row.key), f"{row.name} is saved.")

    return edit(request, "settings/product.html", form, save, lambda: _members(request, row), row)


@require_POST
def members(request: HttpRequest, key: str) -> HttpResponse:
    """A person belongs to the product, at this level."""
    row = get_object_or_404(Product.objects.visible_to(request.user), key=key)
    form = MemberForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            made = services.set_membership(actor=request.user, product=row, **form.values())
            text = f"{made.user.name} is {made.get_level_display().lower()} of {row.name}."
            return say(request, redirect("settings-product", row.key), text)
        except Refused as error:
            blame(form, error)
    details = ProductForm(instance=row, user=request.user, initial={"version": row.version})
    context = {**_members(request, row), "form": details, "member_form": form}
    return answer(request, "settings/product.html", context, status=422)


@require_POST
def member_removal(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """The person belongs to the product no longer."""
    rows = Membership.objects.visible_to(request.user).select_related("user", "product")
    membership = get_object_or_404(rows, pk=pk, product__key=key)
    services.end_membership(actor=request.user, membership=membership)
    text = f"{membership.user.name} is no member of {membership.product.name} any more."
    left = membership.product_id not in request.user.rights.visible
    return say(request, redirect("settings-products") if left else redirect("settings-product", key), text)


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Name, currency and day of the organisation."""
    must(can_administer(request.user), "Only administrators may change the organisation's settings.")
    row = Organisation.objects.visible_to(request.user).get(pk=1)
    form = OrganisationForm(request.POST or None, instance=row, user=request.user, initial={"version": row.version})

    def save(**values) -> HttpResponse:
        services.change_organisation(actor=request.user, **values)
        return say(request, redirect("organisation"), "The organisation is saved.")

    return edit(request, "settings/organisation.html", form, save, lambda: {"history": history.of_row(row, request.user)}, row)


def _members(request: HttpRequest, row: Product) -> dict:
    """What the list of members needs."""
    rows = Membership.objects.visible_to(request.user).filter(product=row).select_related("user").order_by("user__name")
    return {
        "product": row,
        "members": rows,
        "history": history.of_row(row, request.user),
        "member_form": MemberForm(user=request.user),
        "can_edit": can_edit_product(request.user, row.pk),
        "can_share": can_administer(request.user) or row.pk in request.user.rights.owned,
    }
