"""Every write of what a product is for: its strategy and the people it serves."""

from typing import Any

from core.acts import acts
from core.models import Product, User
from core.permissions import must_edit
from core.writes import insert, remove, update
from portfolio import events
from portfolio.models import Persona, Strategy
from portfolio.services.checks import check_fields

EDITABLE = frozenset({"vision", "value_proposition", "differentiation", "lifecycle"})


@acts
def set_strategy(*, actor: User, product: Product, seen: int | None = None, merge: bool = True, **values: Any) -> Strategy:
    """The product's strategy says what is given; it is made when first written."""
    must_edit(actor, product.pk)
    check_fields(values, EDITABLE, "A strategy")
    known = Strategy._base_manager.filter(product=product).first()
    if known is None:
        return insert(Strategy(product=product, **values), events.STRATEGY_CREATED)
    return update(known, values, events.STRATEGY_CHANGED, seen=seen, merge=merge)


@acts
def create_persona(*, actor: User, product: Product, name: str, description: str = "") -> Persona:
    """A kind of person the product serves."""
    must_edit(actor, product.pk)
    values = {"name": name, "description": description}
    check_fields(values, values, "A persona")
    return insert(Persona(product=product, **values), events.PERSONA_CREATED)


@acts
def change_persona(*, actor: User, persona: Persona, seen: int | None = None, merge: bool = True, **values: Any) -> Persona:
    """Name and description are as given."""
    must_edit(actor, persona.product_id)
    check_fields(values, {"name", "description"}, "A persona")
    return update(persona, values, events.PERSONA_CHANGED, seen=seen, merge=merge)


@acts
def delete_persona(*, actor: User, persona: Persona, seen: int | None = None) -> Persona:
    """The persona has left the product."""
    must_edit(actor, persona.product_id)
    return remove(persona, events.PERSONA_DELETED, seen=seen)
