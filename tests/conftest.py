"""The cast every test may call on."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from core.api import limits
from core.models import Membership, Product, Role, User
from tests.factories.core import ApiTokenFactory, MembershipFactory, ProductFactory, UserFactory


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may not touch the database is marked: it says nothing of an engine, so it is run once."""
    for item in items:
        if item.get_closest_marker("django_db") is None and not {"db", "transactional_db", "django_db_setup"} & set(item.fixturenames):
            item.add_marker("no_database")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests and what they import live to the end: looking through them for garbage took a twelfth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@dataclass(frozen=True)
class Cast:
    """One person of each role, and three products: `own` of the maker, `foreign` of the other maker, `private` of the maker alone."""

    admin: User
    ops: User
    leader: User
    maker: User
    other_maker: User
    contributor: User
    guest: User
    stranger: User
    own: Product
    foreign: Product
    private: Product


@pytest.fixture
def cast(db) -> Cast:
    """Everybody; the stranger is a maker without a membership anywhere."""
    roles = {
        "admin": Role.ADMIN,
        "ops": Role.OPS,
        "leader": Role.LEADER,
        "maker": Role.MAKER,
        "other_maker": Role.MAKER,
        "contributor": Role.CONTRIBUTOR,
        "guest": Role.GUEST,
        "stranger": Role.MAKER,
    }
    people = {name: UserFactory(name=name.replace("_", " ").title(), role=role) for name, role in roles.items()}
    own = ProductFactory(key="OWN", name="Own", owner=people["maker"])
    foreign = ProductFactory(key="FOREIGN", name="Foreign", owner=people["other_maker"])
    private = ProductFactory(key="HIDDEN", name="Hidden canary", owner=people["maker"], is_private=True)
    for product in (own, foreign, private):
        MembershipFactory(product=product, user=product.owner, level=Membership.Level.OWNER)
    return Cast(**people, own=own, foreign=foreign, private=private)


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> Iterator[None]:
    """Hashing is slow on purpose, and is done as people meet it where whole processes run: in the browser and the drills."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def fresh_limits():
    """Requests that another test sent count for nobody here: ids repeat from test to test."""
    for meter in (limits.reads, limits.writes):
        meter._left.clear()


@pytest.fixture
def program():
    """`program(user, …)`: a client with a token of this person; keyword arguments are the token's."""

    def make(user, **token) -> APIClient:
        client = APIClient()
        client.token = ApiTokenFactory(user=user, **token)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {client.token.text}")
        return client

    return make
