"""Releases from a file, of one product or of those a column names. A release is known again by its product and version."""

from collections.abc import Sequence
from typing import Any

from core.exceptions import RuleBroken
from core.models import Product, User
from integrations.targets.base import REMOVED_FIRST, Field, Target, by_name, date, of_choices
from roadmaps import services
from roadmaps.models import Release

STATES = [choice for choice in Release.State.choices if choice[0] != Release.State.ROLLED_BACK]  # that needs a reason


def _products(user: User, product: Product | None) -> dict[str, Product]:
    """The products this person may bring releases into; where one was chosen, no other."""
    rows = Product.objects.visible_to(user).filter(pk__in=user.rights.editable, archived_at=None)
    rows = list(rows.filter(pk=product.pk) if product else rows)
    return by_name(rows) | by_name(rows, "key")


def _identify(product: Product | None, values: dict[str, Any]) -> str:
    home = values.get("product") or product
    return f"{home.pk if home else ''}:{values['version_name']}"


def _find(user: User, product: Product | None, keys: Sequence[str]) -> dict[str, Release]:
    homes = {key.partition(":")[0] for key in keys} - {""}
    rows = Release._base_manager.filter(product__in=homes, version_name__in={key.partition(":")[2] for key in keys})
    found = {f"{row.product_id}:{row.version_name}": row for row in rows.select_related("product").order_by(*REMOVED_FIRST)}
    return {key: found[key] for key in keys if key in found}


def _make(user: User, product: Product | None, rows: Sequence[dict[str, Any]]) -> list[Release]:
    return [_make_one(user, **{"product": product} | row) for row in rows]


def _make_one(user: User, *, product: Product | None, state: str | None = None, **values: Any) -> Release:
    if product is None:
        raise RuleBroken("Say which product it is of: by a column, or by choosing one for the file.", "product")
    row = services.create_release(actor=user, product=product, **{name: value for name, value in values.items() if value is not None})
    return _follow_state(user, row, state)


def _change(user: User, row: Release, values: dict[str, Any]) -> Release:
    state = values.pop("state", None)
    return _follow_state(user, services.change_release(actor=user, release=row, **values), state)


def _follow_state(user: User, row: Release, state: str | None) -> Release:
    if state == Release.State.SHIPPED and row.state == Release.State.PLANNED:
        return services.ship_release(actor=user, release=row, day=row.day)
    if state == Release.State.PLANNED and row.state != Release.State.PLANNED:
        return services.replan_release(actor=user, release=row)
    return row


TARGET = Target[Release](
    kind="releases",
    noun="release",
    page="releases",
    needs_product=False,
    identity=("product", "version_name"),
    identify=_identify,
    fields=(
        Field(
            "version_name", "Version", is_required=True, guesses=("version", "name", "release", "releasecycle", "cycle", "tag"), longest=40
        ),
        Field("product", "Product", choices=_products, guesses=("product",)),
        Field("day", "Date", read=date, guesses=("date", "day", "release date", "releasedate", "released")),
        Field("state", "State", choices=lambda u, p: of_choices(STATES), guesses=("state", "status")),
        Field("notes", "Notes", may_append=True, guesses=("notes", "description", "changelog")),
    ),
    find=_find,
    make=_make,
    change=_change,
    label=lambda values: " ".join(str(value) for value in (values.get("product"), values.get("version_name")) if value),
)
