"""Who asks, of many at once: each found as one by one, in few statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback import services
from feedback.models import Requester
from portfolio.models import Account


@pytest.fixture
def account(db) -> Account:
    return Account.objects.create(name="Brightwater")


def find(cast, *people) -> list[Requester]:
    return services.find_or_create_requesters(actor=cast.maker, people=people)


def test_one_named_twice_is_one_requester(cast, account):
    first, second, third = find(
        cast,
        {"name": "Dana", "account": account},
        {"name": "dana", "account": account, "email": "Dana@example.com"},
        {"email": "dana@example.com"},
    )
    assert first is second is third
    assert list(Requester.objects.values_list("name", "email", "account")) == [("Dana", "dana@example.com", account.pk)]


def test_known_people_are_found_by_address_then_by_name_at_the_account(cast, account):
    known = find(cast, {"name": "Dana", "email": "dana@example.com"}, {"name": "José", "account": account}, {"account": account})
    again = find(cast, {"email": "dana@example.com", "name": "Somebody else"}, {"name": "José", "account": account}, {"account": account})
    assert again == known
    assert Requester.objects.count() == 3


def test_namesakes_elsewhere_are_other_people(cast, account):
    one, other, third = find(
        cast, {"name": "Dana"}, {"name": "Dana", "account": account}, {"name": "Dana", "email": "other@example.com", "account": account}
    )
    assert one != other
    assert third == other  # the address was not known yet
    assert find(cast, {"name": "Dana", "email": "third@example.com", "account": account})[0] not in (one, other)


def test_hundreds_are_found_and_made_in_few_statements(cast, account):
    people = [{"name": f"Person {n}", "email": f"p{n % 150}@example.com", "account": account} for n in range(300)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = find(cast, *people)
    assert len(queries) < 30
    assert len({row.pk for row in found}) == Requester.objects.count() == 150
