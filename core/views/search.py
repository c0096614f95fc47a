"""The search page, and the options of the palette."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from core.hits import find, hits_of, kinds_for
from core.models import Product
from core.pages import answer
from core.registry import subjects

IN_PALETTE, ON_PAGE, FARTHEST = 10, 30, 300


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What I may see of what I ask for; htmx and the palette get the options alone."""
    query, kinds = request.GET.get("q", ""), kinds_for(request.user)
    products = Product.objects.visible_to(request.user).order_by("name")
    kind = next((kind.name for kind in kinds if kind.name == request.GET.get("kind")), "")
    product = products.filter(key=request.GET["product"]).first() if request.GET.get("product") else None
    start, limit = _start(request), IN_PALETTE if request.htmx else ON_PAGE
    hits, has_more = find(request.user, query, limit, start=start, kind=kind, product=product)
    context = {"q": query, "hits": hits, "kinds": kinds, "kind": kind, "searched_in": products, "product": product, "start": start}
    context |= {
        "last": start + len(hits),
        "before": max(0, start - limit),
        "after": start + limit if has_more and start < FARTHEST else None,
    }
    return answer(request, "core/search.html", context, part="options")


@require_GET
def recent(request: HttpRequest) -> HttpResponse:
    """The things my browser remembers, by type and id, as they are called now: what is out of sight or gone is left out."""
    named = [name.rpartition(":") for name in request.GET.get("seen", "").split(",")[:IN_PALETTE]]
    wanted = [(name, int(pk)) for name, _, pk in named if name in subjects and pk.isdecimal() and len(pk) <= 18]
    return answer(request, "core/search.html", {"hits": hits_of(request.user, wanted), "are_recent": True}, part="options")


def _start(request: HttpRequest) -> int:
    """How many hits stand on the pages before this one: whole pages, and not without end."""
    given = request.GET.get("from", "")
    return min(int(given[:6]), FARTHEST) // ON_PAGE * ON_PAGE if given.isascii() and given.isdecimal() else 0
