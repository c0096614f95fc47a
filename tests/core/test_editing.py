"""The page of a row that is changed by its form: what its page shows is read only where the page is shown."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from core.editing import edit
from core.exceptions import NotAllowed, RuleBroken
from core.forms.settings import OrganisationForm
from core.models import Organisation

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Quay", "currency": "EUR", "timezone": "UTC", "version": "1"}


def send(cast, values, save) -> tuple[HttpResponse, list[str]]:
    """What is answered to these values, and what was asked for the page."""
    request, asked = RequestFactory().post(reverse("organisation"), values), []
    request.user, request.htmx = cast.admin, False
    row = Organisation.objects.visible_to(cast.admin).get()
    form = OrganisationForm(request.POST, instance=row, user=cast.admin)

    def context() -> dict:
        asked.append("context")
        return {"history": []}

    return edit(request, "components/form.html", form, save, context, row), asked


def test_what_is_good_is_saved_with_the_version_it_was_drawn_from_and_nothing_is_read_for_the_page(cast):
    taken = {}

    def save(**values) -> HttpResponse:
        taken.update(values)
        return HttpResponse("there")

    answer, asked = send(cast, GIVEN, save)
    assert (answer.content, asked) == (b"there", [])
    assert taken == {"name": "Quay", "currency": "EUR", "timezone": "UTC", "seen": 1}


def test_what_cannot_be_read_is_never_saved_and_comes_back_with_its_page(cast):
    answer, asked = send(cast, GIVEN | {"currency": "shells"}, None)
    assert (answer.status_code, asked) == (422, ["context"])


def test_a_broken_rule_stands_at_its_field_and_a_missing_right_is_no_fault_of_the_form(cast):
    def refuse(error):
        def save(**values) -> HttpResponse:
            raise error

        return save

    answer, asked = send(cast, GIVEN, refuse(RuleBroken("Another name, please.", "name")))
    assert (answer.status_code, asked) == (422, ["context"])
    assert "Another name, please." in answer.content.decode()
    with pytest.raises(NotAllowed):
        send(cast, GIVEN, refuse(NotAllowed("Not you.")))
