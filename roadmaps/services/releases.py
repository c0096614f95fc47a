"""Every write of a release."""

from datetime import date
from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Organisation, Product, User
from core.writes import insert, remove, update
from roadmaps import events
from roadmaps.models import Feature, Release
from roadmaps.permissions import must_change_release

State = Release.State
EDITABLE = frozenset({"version_name", "day", "notes"})


@acts
def create_release(*, actor: User, product: Product | None, version_name: str, **values: Any) -> Release:
    """A planned release of the product, or a train of all products."""
    must_change_release(actor, product and product.pk)
    _check({"version_name": version_name, **values})
    return insert(Release(product=product, version_name=version_name.strip(), **values), events.RELEASE_CREATED)


@acts
def change_release(*, actor: User, release: Release, seen: int | None = None, merge: bool = True, **values: Any) -> Release:
    """Name, day and notes are as given."""
    must_change_release(actor, release.product_id)
    _check(values)
    return update(release, values, events.RELEASE_CHANGED, seen=seen, merge=merge)


@acts
def ship_release(*, actor: User, release: Release, day: date | None = None, seen: int | None = None) -> Release:
    """The release reached people on this day, today unless told otherwise."""
    must_change_release(actor, release.product_id)
    today = Organisation.today()
    if day is not None and day > today:
        raise RuleBroken("A release that was shipped cannot lie in the future.", "day")
    values = {"state": State.SHIPPED, "day": day or today, "rolled_back_why": ""}
    return update(release, values, events.RELEASE_SHIPPED, seen=seen)


@acts
def replan_release(*, actor: User, release: Release, seen: int | None = None) -> Release:
    """The release is planned, not shipped: takes a shipment back that was noted by mistake."""
    must_change_release(actor, release.product_id)
    return update(release, {"state": State.PLANNED, "rolled_back_why": ""}, events.RELEASE_REPLANNED, seen=seen)


@acts
def roll_back_release(*, actor: User, release: Release, why: str, seen: int | None = None) -> Release:
    """The release was shipped and taken back, for this reason."""
    must_change_release(actor, release.product_id)
    if release.state != State.SHIPPED:
        raise RuleBroken("Only a release that was shipped can be rolled back.")
    if not why.strip():
        raise RuleBroken("Say why the release was rolled back.", "why")
    return update(release, {"state": State.ROLLED_BACK, "rolled_back_why": why.strip()}, events.RELEASE_ROLLED_BACK, seen=seen)


@acts
def delete_release(*, actor: User, release: Release, seen: int | None = None) -> Release:
    """The release has left every list; what was planned for it is planned for none. Undo brings both back."""
    must_change_release(actor, release.product_id)
    for feature in Feature._base_manager.filter(release=release, deleted_at=None):
        update(feature, {"release": None}, events.FEATURE_CHANGED)
    return remove(release, events.RELEASE_DELETED, seen=seen)


def _check(values: dict[str, Any]) -> None:
    if unknown := set(values) - EDITABLE:
        raise RuleBroken(f"A release has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    if "version_name" in values and not values["version_name"].strip():
        raise RuleBroken("A release needs a name, for instance 2027.1.", "version_name")
