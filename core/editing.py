"""The page of one row that is made or changed by its form: shown, saved, refused. The one way for all apps."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from core import history
from core.exceptions import Conflict, Refused
from core.forms import Form, ModelForm, blame
from core.models import Versioned
from core.pages import answer


def edit(
    request: HttpRequest,
    template: str,
    form: Form | ModelForm,
    save: Callable[..., HttpResponse],
    context: Callable[[], dict[str, Any]] = dict,
    row: Versioned | None = None,
) -> HttpResponse:
    """Show the form on its page; on POST a good one is handed to `save(**values)`, which answers where to go.

    `values` are the form's and, of a row that is there, `seen`: the version they were drawn from. A refused form comes back with 422 and
    the fault at its field, a conflict with both words; rights are refused by the service with their own status. `context` is asked only
    where the page is shown.
    """
    shown: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        seen = {} if row is None else {"seen": form.cleaned_data["version"]}
        try:
            return save(**form.values(), **seen)
        except Conflict as conflict:
            if row is None:  # the conflict of a row that is none of this page's
                raise
            shown["conflict"], status = history.explain_conflict(row, conflict), conflict.status
        except Refused as error:
            blame(form, error)
    return answer(request, template, context() | shown, status=422 if form.errors else status)
