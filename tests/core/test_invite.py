"""`manage.py invite`: how the first person of an installation comes in."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from core import audit, deliveries
from core.models import Event, Invitation, Role, User


def invite(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("invite", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


@pytest.mark.django_db
def test_the_first_person_comes_in_as_administrator_by_the_printed_link(client):
    said, link = invite("First@Example.com")
    assert said.startswith("first@example.com is invited as Administrator.")
    answer = client.post(urlsplit(link).path, {"name": "First Person", "password": "quite a long one"})
    assert answer.status_code == 302
    person = User.objects.get(email="first@example.com")
    assert person.role == Role.ADMIN
    assert client.get("/").status_code == 200, "The person is signed in."
    assert list(audit.broken_links()) == []


def test_the_link_goes_out_by_mail_too_and_the_act_is_nobodys(cast):
    _, link = invite("late@example.com")
    assert Invitation.objects.get(email="late@example.com").role == Role.CONTRIBUTOR
    assert Event.objects.latest("number").actor is None
    deliveries.send_due()
    assert link in mail.outbox[-1].body


def test_a_second_call_gives_a_new_link_and_ends_the_old_one(cast, client):
    old, new = (urlsplit(invite("late@example.com", "--role", "maker")[1]).path for _ in range(2))
    assert client.get(new).status_code == 200
    assert client.get(old).status_code == 404


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no address"], "valid e"),
        (["late@example.com", "--role", "guest"], "is invited already"),
        (["maker"], "is here already"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(cast, arguments, sentence):
    invite("late@example.com")
    with pytest.raises(CommandError, match=sentence):
        invite(*[cast.maker.email if argument == "maker" else argument for argument in arguments])
