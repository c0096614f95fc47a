"""Forecasts out of the record: how long the finished features of a product took, and when unfinished ones will be done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from core import clock
from core.models import Change, Organisation, Product, User
from roadmaps.forecast import LEAST, Forecast, Work, forecast_all, forecast_one, span_of, work_of
from roadmaps.models import Feature
from roadmaps.models.plan import Status
from roadmaps.planned import Planned

FINISHED = (Status.SHIPPED, Status.RETIRED)
UNFINISHED = (Status.OPEN, Status.PLANNED, Status.IN_PROGRESS)
IMPORT = "import"  # the door of features that have a past elsewhere


@dataclass(frozen=True)
class Cycle:
    """A finished feature, with the day it was begun and the day it was shipped."""

    feature: Feature
    begun: date
    shipped: date

    @property
    def days(self) -> int:
        return (self.shipped - self.begun).days


@dataclass
class History:
    """What a product's record says of how long features take: its finished ones, shortest first, and since when others are in progress."""

    product: Product
    cycles: list[Cycle] = field(default_factory=list)
    begun: dict[int, date] = field(default_factory=dict)

    @cached_property
    def times(self) -> list[int]:
        """The cycle times in days, sorted."""
        return [cycle.days for cycle in self.cycles]

    @property
    def refusal(self) -> str:
        """Why nothing is forecast from it; empty where something is."""
        count = len(self.cycles)
        if count >= LEAST:
            return ""
        said = {0: "No feature of {} was", 1: "1 feature of {} was"}.get(count, f"{count} features of {{}} were").format(self.product.name)
        return f"{said} begun and finished since their history began; {LEAST} are needed."

    def work(self, feature: Feature | Planned, today: date) -> Work:
        """The ways this unfinished feature may end."""
        return work_of(self.times, today, self.begun.get(feature.pk), feature.start_date)


@dataclass(frozen=True)
class Outlook:
    """When features will be done, or in `refusal` why nobody can say; told from `histories`.

    `unfinished` counts the features it is about, `beyond` names those in progress for longer than anything finished took.
    """

    today: date
    forecast: Forecast | None = None
    refusal: str = ""
    unfinished: int = 0
    histories: Sequence[History] = ()
    beyond: Sequence[str] = ()


def history_of(user: User, product: Product) -> History:
    """What the product's record says of how long its features take."""
    return _histories(user, [product], Organisation.zone())[product.pk]


def outlook_of(user: User, feature: Feature) -> Outlook | None:
    """When the feature will be done, against its target date; None where it is done, or will never be."""
    return outlooks_of(user, [feature] if feature.merged_into_id is None else []).get(feature.pk)


def outlooks_of(user: User, features: Iterable[Feature | Planned]) -> dict[int, Outlook]:
    """{id: outlook} of those features that are unfinished, however many, in three statements; none of them merged into another."""
    open_ones, zone = [feature for feature in features if feature.status in UNFINISHED], Organisation.zone()
    histories, today = _histories(user, (feature.product for feature in open_ones), zone), clock.today(zone)
    found = {}
    for feature in open_ones:
        history = histories[feature.product_id]
        if history.refusal:
            found[feature.pk] = Outlook(today, refusal=history.refusal, unfinished=1, histories=[history])
            continue
        work = history.work(feature, today)
        beyond = [feature.key] if work.is_beyond else []
        found[feature.pk] = Outlook(today, forecast_one(work, feature.target_date), "", 1, [history], beyond)
    return found


def outlook_of_all(user: User, features: Iterable[Feature], promised: date | None) -> Outlook | None:
    """When the last of these features will be done, against the promised day, or the last of their target dates where there is none."""
    open_ones = sorted(_unfinished(features), key=lambda feature: feature.pk)
    if not open_ones:
        return None
    zone = Organisation.zone()
    histories, today = _histories(user, (feature.product for feature in open_ones), zone), clock.today(zone)
    told = sorted(histories.values(), key=lambda history: history.product.key)
    refusal = " ".join(history.refusal for history in told if history.refusal)
    if refusal:
        return Outlook(today, refusal=refusal, unfinished=len(open_ones), histories=told)
    works = {feature.key: histories[feature.product_id].work(feature, today) for feature in open_ones}
    promised = promised or max((feature.target_date for feature in open_ones if feature.target_date), default=None)
    beyond = [key for key, work in works.items() if work.is_beyond]
    return Outlook(today, forecast_all(works.values(), promised), "", len(open_ones), told, beyond)


def _unfinished(features: Iterable[Feature]) -> list[Feature]:
    return [feature for feature in features if feature.status in UNFINISHED and feature.merged_into_id is None]


def _histories(user: User, products: Iterable[Product], zone: str) -> dict[int, History]:
    """{product: its history}, in two statements; days are those of the zone."""
    found = {product.pk: History(product) for product in products}
    if not found:
        return found
    here = ZoneInfo(zone)
    rows = Feature.objects.visible_to(user).canonical().filter(product__in=found, status__in=[Status.IN_PROGRESS, *FINISHED])
    features = {feature.pk: feature for feature in rows.only("pk", "product_id", "key", "title", "status")}
    changes = Change.objects.visible_to(user).filter(
        subject_type=Feature._meta.label_lower, subject_id__in=rows.values("pk"), after__has_key="status"
    )
    steps, imported = defaultdict(list), set()
    said = changes.order_by("event_id").values_list("subject_id", "event__at", "after__status", "before", "event__door")
    for pk, at, status, before, door in said:
        steps[pk].append((at.astimezone(here).date(), status))
        if before is None and door == IMPORT:
            imported.add(pk)
    for pk, feature in features.items():
        is_finished, history = feature.status in FINISHED, found[feature.product_id]
        begun, shipped = span_of(steps[pk], is_known=pk not in imported or not is_finished)
        if is_finished and begun and shipped:
            history.cycles.append(Cycle(feature, begun, shipped))
        elif begun and not is_finished:
            history.begun[pk] = begun
    for history in found.values():
        history.cycles.sort(key=lambda cycle: (cycle.days, cycle.feature.pk))
    return found
