"""A row made or changed by its form on a page of its own."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import history
from core.exceptions import Conflict, RuleBroken
from core.forms import blame
from core.pages import answer


def edit(request: HttpRequest, kind, row, noun: str, save: Callable[..., HttpResponse]) -> HttpResponse:
    """The form of a row, a new one where there is none; a good one is handed to `save(form)`, which answers where to go."""
    initial = {"version": row.version} if row else {"product": request.user.scope_id}
    form = kind(request.POST or None, instance=row, user=request.user, initial=initial)
    context, status = {"form": form, "row": row, "noun": noun}, 200
    if request.method == "POST" and form.is_valid():
        try:
            return save(form)
        except Conflict as conflict:
            context["conflict"], status = history.explain_conflict(row, conflict), conflict.status
        except RuleBroken as error:
            blame(form, error)
    return answer(request, "roadmaps/plan_change.html", context, status=422 if form.errors else status)
