"""Who may do what with the plan. Seeing is in the querysets; here is doing."""

from core.exceptions import OutOfSight, RuleBroken
from core.models import Product, Role, User
from core.permissions import can_edit_product, can_see_product, can_write_everywhere, must, must_edit
from roadmaps.models import Dependency

Agreement = Dependency.Agreement
GIVING, EITHER = {"predecessor"}, {"successor", "predecessor"}
# From which state of an agreement to which, and whose editors may say so: those of the feature that waits, or of the one waited for.
# What is accepted is accepted again with another day.
ANSWERS = {
    Agreement.REQUESTED: {
        Agreement.ACCEPTED: GIVING, Agreement.COMMITTED: GIVING, Agreement.REFUSED: GIVING, Agreement.MET: GIVING,
    },
    Agreement.ACCEPTED: {
        Agreement.ACCEPTED: GIVING, Agreement.COMMITTED: GIVING, Agreement.REFUSED: GIVING, Agreement.MET: EITHER,
        Agreement.REQUESTED: EITHER,
    },
    Agreement.COMMITTED: {Agreement.REFUSED: GIVING, Agreement.MET: EITHER, Agreement.REQUESTED: EITHER},
    Agreement.REFUSED: {Agreement.REQUESTED: EITHER},
    Agreement.MET: {Agreement.REQUESTED: EITHER},
}  # fmt: skip


def must_be_linkable(actor: User, product_id: int, linked: Product | None, noun: str, field: str) -> None:
    """Refuse to let a row of one product point at a row of a product that not everybody sees who sees the first.

    `linked` is the product of the row pointed at; None stands for the organisation's own.
    """
    if linked is None or linked.pk == product_id:
        return
    if not can_see_product(actor, linked.pk):
        raise OutOfSight(f"There is no such {noun}, or it is not yours to see.")
    if linked.is_private:
        raise RuleBroken(f"This {noun} belongs to a private product, and only rows of that product may point at it.", field)


def can_change_trains(user: User) -> bool:
    """Releases that all products ride are the leaders' and product operations'."""
    return user.rights.is_any(Role.ADMIN, Role.OPS, Role.LEADER) and can_write_everywhere(user)


def can_change_release(user: User, product_id: int | None) -> bool:
    """A product's releases are its editors'; without a product it is a train."""
    return can_change_trains(user) if product_id is None else can_edit_product(user, product_id)


def must_change_release(actor: User, product_id: int | None) -> None:
    """Refuse who may not change releases of this product, or trains."""
    if product_id is not None:
        must_edit(actor, product_id)
    else:
        must(can_change_trains(actor), "Only leaders, product operations and administrators may change a release train.")


def can_change_roadmap(user: User, roadmap) -> bool:
    """A roadmap is its owner's."""
    return roadmap.owner_id == user.pk


def answers_of(user: User, dependency: Dependency) -> list[str]:
    """The states to which this person may move the agreement."""
    sides = {side for side in EITHER if can_edit_product(user, getattr(dependency, side).product_id)}
    return [state for state, speakers in ANSWERS.get(dependency.agreement, {}).items() if speakers & sides]
