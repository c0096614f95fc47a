"""Every write of a release."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from core.acts import Because, act, acts
from core.exceptions import RuleBroken
from core.models import Organisation, Product, User
from core.writes import insert, remove, update
from roadmaps import events, notes
from roadmaps.launch import facts_of
from roadmaps.models import Feature, Release, ReleaseItem
from roadmaps.models.plan import Status
from roadmaps.permissions import must_change_release

State = Release.State
EDITABLE = frozenset({"version_name", "day", "notes", "retrospective"})


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


def ship_release(*, actor: User, release: Release, day: date | None = None, reason: str = "", seen: int | None = None) -> Release:
    """The release reached people on this day, today unless told otherwise. `reason` says why with lines of its checklist open."""
    must_change_release(actor, release.product_id)
    open_items = ReleaseItem._base_manager.filter(release=release, deleted_at=None, done_at=None)
    if not reason.strip() and (first := open_items.order_by("position", "pk").first()):
        more = open_items.count() - 1
        what = f"“{first.text}”" + (f" and {more} more" if more else "")
        raise RuleBroken(f"Of the checklist {what} {'are' if more else 'is'} open. Say why it is shipped all the same.", "reason")
    today = Organisation.today()
    if day is not None and day > today:
        raise RuleBroken("A release that was shipped cannot lie in the future.", "day")
    values = {"state": State.SHIPPED, "day": day or today, "rolled_back_why": ""}
    with act(actor, because=Because(label=reason.strip())):
        return update(release, values, events.RELEASE_SHIPPED, seen=seen)


@acts
def draft_notes(*, actor: User, release: Release, seen: int | None = None) -> Release:
    """The notes are a first draft from the features that shipped in it, by theme; what stood there before is in the history.

    Of a train everybody reads the notes, so that features of private products are left out.
    """
    must_change_release(actor, release.product_id)
    rows = Feature.objects.visible_to(actor).canonical().filter(release=release, status=Status.SHIPPED)
    if release.product_id is None:
        rows = rows.filter(product__visibility=Product.Visibility.OPEN)
    found = [
        notes.Shipped(row.initiative.name if row.initiative else "", row.get_kind_display(), row.key, row.title)
        for row in rows.select_related("initiative")
    ]
    if not found:
        raise RuleBroken("No feature of this release has shipped yet, so there is nothing to write from.", "notes")
    return update(release, {"notes": notes.draft(found)}, events.RELEASE_NOTES_DRAFTED, seen=seen)


@acts
def begin_retrospective(*, actor: User, release: Release, sections: Iterable[tuple[str, str]], seen: int | None = None) -> Release:
    """The release has a retrospective to be written: what is known of how it went, and these sections (heading, what belongs there)."""
    must_change_release(actor, release.product_id)
    if release.state == State.PLANNED:
        raise RuleBroken("A release is looked back on once it was shipped.")
    if release.retrospective:
        raise RuleBroken("This release has a retrospective already. Edit it instead.")
    text = notes.retrospective(facts_of(release, actor), sections)
    return update(release, {"retrospective": text}, events.RELEASE_RETROSPECTIVE_BEGUN, seen=seen)


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
