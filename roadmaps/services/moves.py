"""A feature moved in time, with what it pushes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.acts import act, attempt
from core.exceptions import Conflict, Refused
from core.models import User
from core.permissions import must_edit
from roadmaps import events
from roadmaps.dependencies import Dates
from roadmaps.models import Dependency, Feature
from roadmaps.pushing import Link, downstream, push
from roadmaps.services.bulk import BulkChange, Left
from roadmaps.services.features import change_feature


@dataclass(frozen=True)
class Pushed:
    """A feature that has to give way: from which dates to which; `days` alone where it is not the person's to move."""

    feature: Feature
    days: int
    to: Dates | None


def pushed_by(user: User, feature: Feature, to: Dates) -> list[Pushed]:
    """What the move of the feature to these dates pushes, as far as the person sees it, in the order of the new dates; reads only."""
    links = [Link(*row) for row in Dependency.objects.visible_to(user).scheduled().values_list("predecessor_id", "successor_id", "kind")]
    ids = downstream(links, feature.pk)
    rows = Feature.objects.visible_to(user).filter(pk__in=ids - {feature.pk}).select_related("product", "stage")
    known = {row.pk: row for row in rows} | {feature.pk: feature}
    dates = {pk: Dates(row.start_date, row.target_date) for pk, row in known.items()}
    fixed = {pk for pk, row in known.items() if row.product_id not in user.rights.editable}
    found = push([link for link in links if link.after in ids], dates, {feature.pk: to}, fixed)
    moved = [Pushed(known[pk], _days(dates[pk], new), new) for pk, new in found.moved.items()]
    held = [Pushed(known[pk], days, None) for pk, days in found.held.items()]
    return sorted(moved, key=lambda one: (one.to.end or date.max, one.feature.pk)) + held


def reschedule_feature(*, actor: User, feature: Feature, to: Dates, seen: int | None = None, also: Collection[int] = ()) -> BulkChange:
    """The feature has these dates, and of what that pushes, those whose ids are in `also` have given way, all in one event.

    What somebody else changed meanwhile, or a rule forbids to move, is left and named.
    """
    must_edit(actor, feature.product_id)
    with act(actor, verb=events.FEATURES_CHANGED if also else events.FEATURE_CHANGED) as this:
        pushed = pushed_by(actor, feature, to) if also else []
        done, left = [change_feature(actor=actor, feature=feature, seen=seen, start_date=to.start, target_date=to.end)], []
        for one in pushed:
            if one.feature.pk not in also or one.to is None:
                continue
            try:
                with attempt():
                    values = {"start_date": one.to.start, "target_date": one.to.end}
                    done.append(change_feature(actor=actor, feature=one.feature, seen=one.feature.version, **values))
            except Conflict:
                left.append(Left(one.feature, "Somebody changed its dates meanwhile."))
            except Refused as error:
                left.append(Left(one.feature, str(error)))
    return BulkChange(done, left, this.event)


def _days(before: Dates, after: Dates) -> int:
    old, new = (before.end, after.end) if before.end and after.end else (before.start, after.start)
    return (new - old).days if old and new else 0
