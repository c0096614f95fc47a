"""The search page, and the options of the palette."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from core.pages import answer
from core.search import find

IN_PALETTE, ON_PAGE = 8, 50


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What I may see of what I ask for; htmx and the palette get the options alone."""
    query = request.GET.get("q", "")
    hits = find(request.user, query, IN_PALETTE if request.htmx else ON_PAGE)
    return answer(request, "core/search.html", {"q": query, "hits": hits}, part="options")
