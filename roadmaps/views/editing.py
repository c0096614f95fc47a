"""A row of the plan made or changed by its form on a page of its own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.editing import edit


def edit_plan(request: HttpRequest, kind, row, noun: str, save: Callable[..., HttpResponse]) -> HttpResponse:
    """The form of a row, a new one where there is none; what it holds is handed to `save(**values)`, which answers where to go."""
    initial = {"version": row.version} if row else {"product": request.user.scope_id}
    form = kind(request.POST or None, instance=row, user=request.user, initial=initial)
    return edit(request, "roadmaps/plan_change.html", form, save, lambda: {"row": row, "noun": noun}, row)
