"""The cast every test may call on."""

from dataclasses import dataclass

import pytest
from rest_framework.test import APIClient

from core.api import limits
from core.models import Membership, Product, Role, User
from tests.factories.core import ApiTokenFactory, MembershipFactory, ProductFactory, UserFactory


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
