"""Home, and the product everything is narrowed to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from core.context import scope_of
from core.models import Product, User
from core.pages import answer
from core.registry import todos


@require_POST
def scope(request: HttpRequest) -> HttpResponse:
    """Narrow everything to one product, or widen to all; remembered for the person."""
    key = request.POST.get("product", "")
    product = get_object_or_404(Product.objects.visible_to(request.user), key=key) if key else None
    User.objects.filter(pk=request.user.pk).update(scope=product)
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "/")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs me."""
    user, scope = request.user, scope_of(request)
    found = [
        {"title": todo.title, "tasks": tasks, "all_url": todo.all_url(user), "count": todo.count(user, scope) if todo.count else None}
        for todo in todos
        if (tasks := todo.find(user, scope))
    ]
    return answer(request, "core/home.html", {"todos": found}, part="todos")
