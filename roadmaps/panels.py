"""What roadmaps shows on a product's page."""

from core.models import Product
from core.registry import Panel, register_panel
from roadmaps.models import Release

AHEAD, BEHIND = 5, 3


def _releases(request, product: Product) -> dict:
    """The next releases and the last ones, in the order of their days."""
    rows = Release.objects.visible_to(request.user).filter(product=product)
    ahead = rows.filter(state=Release.State.PLANNED).order_by("day", "pk")[:AHEAD]
    behind = rows.exclude(state=Release.State.PLANNED).order_by("-day", "-pk")[:BEHIND]
    return {"releases": [*reversed(behind), *ahead]}


register_panel(Panel(Product, "releases", 10, "roadmaps/product_releases.html", _releases))
