"""Products, what they are for, and the lines they stand in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core.models import Organisation, Product
from core.pages import answer
from core.permissions import can_edit_product, must_edit
from core.registry import panels_for
from portfolio import services
from portfolio.dashboard import Look, tiles, view_tiles
from portfolio.forms import LineForm, PersonaForm, PlaceForm, StatusForm, StrategyForm
from portfolio.models import Objective, Persona, ProductLine, Strategy
from portfolio.permissions import can_shape_portfolio, must_shape_portfolio
from portfolio.reports import look_at_lines, look_at_product, objective_lines
from portfolio.views.editing import FormPage, edit, posted, sent

ON_PAGE = ("status", "value", "investment", "demand")  # tiles a product's page shows


def product_of(request: HttpRequest, key: str) -> Product:
    """A product in sight; raises `Http404`."""
    return get_object_or_404(Product.objects.visible_to(request.user).select_related("owner"), key=key)


@require_GET
def products(request: HttpRequest) -> HttpResponse:
    """The lines with the products in sight, and the products that stand in none."""
    top, rest = look_at_lines(request.user)
    count = len({pk for look in top for pk in look.product_ids}) + len(rest)
    context = {"lines": top, "rest": rest, "count": count, "can_shape": can_shape_portfolio(request.user)}
    return answer(request, "portfolio/products.html", context)


@require_GET
def product(request: HttpRequest, key: str) -> HttpResponse:
    """A product with its strategy, people, objectives and figures."""
    row = product_of(request, key)
    today = Organisation.today()
    objectives = Objective.objects.visible_to(request.user).filter(product=row, ends_on__gte=today).order_by("-weight", "title", "pk")
    look = Look(request.user, frozenset({row.pk}), today, scope=row)
    context = {
        "about": look_at_product(row, request.user),
        "product": row,
        "look": look,
        "objectives": objective_lines(objectives, request.user, today),
        "tiles": view_tiles([tiles[kind] for kind in ON_PAGE if kind in tiles], look),
        "panels": panels_for(request, row),
        "can_edit": can_edit_product(request.user, row.pk),
    }
    return answer(request, "portfolio/product.html", context)


@require_http_methods(["GET", "POST"])
def strategy(request: HttpRequest, key: str) -> HttpResponse:
    """What the product is for, to be written or changed."""
    product = product_of(request, key)
    must_edit(request.user, product.pk)
    row = Strategy.objects.visible_to(request.user).filter(product=product).first()
    data = posted(request, StrategyForm, row) if row else sent(request)
    form = StrategyForm(data, instance=row, user=request.user, initial={"version": row.version if row else None})
    page = FormPage(f"Strategy of {product.name}", "Save", reverse("product", args=[key]))

    def save(**values):
        services.set_strategy(actor=request.user, product=product, **values)

    return edit(request, form, save, page, row)


@require_http_methods(["GET", "POST"])
def new_persona(request: HttpRequest, key: str) -> HttpResponse:
    """A form for a kind of person the product serves."""
    product = product_of(request, key)
    must_edit(request.user, product.pk)

    def save(**values):
        services.create_persona(actor=request.user, product=product, **values)

    page = FormPage(f"New persona of {product.name}", "Add persona", reverse("product", args=[key]))
    return edit(request, PersonaForm(sent(request), user=request.user), save, page)


@require_http_methods(["GET", "POST"])
def persona(request: HttpRequest, pk: int) -> HttpResponse:
    """A persona's facts, to be changed."""
    row = get_object_or_404(Persona.objects.visible_to(request.user).select_related("product"), pk=pk)
    must_edit(request.user, row.product_id)
    form = PersonaForm(posted(request, PersonaForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_persona(actor=request.user, persona=row, **values)

    removal = reverse("removal", args=["persona", row.pk])
    page = FormPage(f"Persona of {row.product.name}", "Save", reverse("product", args=[row.product.key]), removal)
    return edit(request, form, save, page, row)


@require_http_methods(["GET", "POST"])
def new_place(request: HttpRequest, key: str) -> HttpResponse:
    """A form that places the product in a line."""
    product = product_of(request, key)
    if not can_shape_portfolio(request.user):
        must_edit(request.user, product.pk)

    def save(**values):
        services.place_product(actor=request.user, product=product, **values)

    page = FormPage(f"Place {product.name} in a line", "Place it", reverse("product", args=[key]))
    return edit(request, PlaceForm(sent(request), user=request.user), save, page)


@require_http_methods(["GET", "POST"])
def product_status(request: HttpRequest, key: str) -> HttpResponse:
    """Say how the product goes."""
    product = product_of(request, key)
    must_edit(request.user, product.pk)

    def save(**values):
        services.post_status(actor=request.user, subject=product, **values)

    page = FormPage(f"How {product.name} goes", "Say so", reverse("product", args=[key]))
    return edit(request, StatusForm(sent(request), user=request.user), save, page)


@require_http_methods(["GET", "POST"])
def new_line(request: HttpRequest) -> HttpResponse:
    """A form for a line."""
    must_shape_portfolio(request.user)

    def save(**values):
        services.create_line(actor=request.user, **values)

    page = FormPage("New line", "Add line", reverse("products"))
    return edit(request, LineForm(sent(request), user=request.user), save, page)


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """A line's facts, to be changed."""
    row = get_object_or_404(ProductLine.objects.visible_to(request.user), pk=pk)
    must_shape_portfolio(request.user)
    form = LineForm(posted(request, LineForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_line(actor=request.user, line=row, **values)

    page = FormPage(row.name, "Save", reverse("products"), reverse("removal", args=["line", row.pk]))
    return edit(request, form, save, page, row)
