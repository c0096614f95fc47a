"""Every write of where effort should go, and of how things go in somebody's words."""

from collections.abc import Mapping
from decimal import Decimal

from core.acts import acts, label_of
from core.exceptions import OutOfSight, RuleBroken
from core.models import Product, User, Versioned
from core.permissions import can_see_product
from core.writes import insert, remove, update
from portfolio import events
from portfolio.models import Allocation, InvestmentKind, StatusUpdate
from portfolio.periods import Period
from portfolio.permissions import must_change_of

ONE = Decimal(1)


@acts
def set_allocations(
    *,
    actor: User,
    period: Period,
    targets: Mapping[str, Decimal],
    ceilings: Mapping[str, Decimal] | None = None,
    product: Product | None = None,
) -> list[Allocation]:
    """In the period each kind of investment has exactly these target shares and ceilings (0..1); kinds left out have none."""
    must_change_of(actor, product.pk if product else None)
    wanted = {(kind, False): share for kind, share in targets.items()} | {(kind, True): share for kind, share in (ceilings or {}).items()}
    for kind, _ in wanted:
        if kind not in InvestmentKind.values:
            raise RuleBroken(f"There is no kind of investment “{kind}”.")
    if sum(targets.values()) > ONE:
        raise RuleBroken("The targets add up to more than 100 %.")
    known = Allocation._base_manager.filter(
        product=product, dimension=Allocation.Kind.KIND, starts_on=period.starts_on, ends_on=period.ends_on, deleted_at=None
    )
    rows = []
    for row in known:
        share = wanted.pop((row.value, row.is_ceiling), None)
        if share is None:
            remove(row, events.ALLOCATION_SET)
        else:
            rows.append(update(row, {"share": share}, events.ALLOCATION_SET))
    for (kind, is_ceiling), share in wanted.items():
        row = Allocation(product=product, value=kind, share=share, is_ceiling=is_ceiling)
        row.starts_on, row.ends_on = period.starts_on, period.ends_on
        rows.append(insert(row, events.ALLOCATION_SET))
    return rows


@acts
def post_status(*, actor: User, subject: Versioned, health: str, text: str = "") -> StatusUpdate:
    """Somebody said how this objective, initiative, release or product goes; the last word stands until the next."""
    product_id = subject.product_for_rights
    if product_id is not None and not can_see_product(actor, product_id):
        raise OutOfSight("There is no such thing, or it is not yours to see.")
    if getattr(subject, "owner_id", None) != actor.pk:
        must_change_of(actor, product_id)
    if health not in StatusUpdate.Health.values:
        raise RuleBroken("Say whether it is on track, at risk or off track.", "health")
    row = StatusUpdate(subject_type=label_of(subject), subject_id=subject.pk, product_id=product_id, author=actor)
    row.health, row.text = health, text.strip()
    return insert(row, events.STATUS_POSTED)
