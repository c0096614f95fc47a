"""Whether the date of a committed feature holds, and what holds it up."""

from datetime import date

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from core.models import Product
from roadmaps.models import Dependency, Release
from roadmaps.models.plan import COMMITTED, Status

DONE = (Status.SHIPPED, Status.RETIRED)
BLOCKED, SLIPPING, UNDATED, ON_TIME = "blocked", "slipping", "undated", "on_time"
HEALTH = {ON_TIME: "On time", SLIPPING: "Slipping", BLOCKED: "Blocked", UNDATED: "No date"}
MEANING = {
    ON_TIME: "Planned or being built, with a date ahead that its release and what it waits for allow.",
    SLIPPING: "The date has passed, or lies after the day of the release.",
    BLOCKED: "It waits for something that ends too late, was declined, or whose owners refused.",
    UNDATED: "Planned or being built, and nobody has said until when.",
}


def blocking() -> QuerySet:
    """The dependencies that hold up the feature at hand (OuterRef), as far as everybody who sees the feature may know.

    What waits in a private product of others counts for nobody: it must not show through a count.
    """
    ahead = Dependency.objects.scheduled().filter(successor=OuterRef("pk"), deleted_at=None, predecessor__deleted_at=None)
    ahead = ahead.exclude(predecessor__status__in=DONE)
    known = Q(predecessor__product__visibility=Product.Visibility.OPEN) | Q(predecessor__product=OuterRef("product"))
    late = (
        Q(kind=Dependency.Kind.FINISH_START, predecessor__target_date__gt=OuterRef("start_date"))
        | Q(kind=Dependency.Kind.START_START, predecessor__start_date__gt=OuterRef("start_date"))
        | Q(kind=Dependency.Kind.FINISH_FINISH, predecessor__target_date__gt=OuterRef("target_date"))
        | Q(predecessor__target_date__gt=F("needed_by"))
        | Q(agreement=Dependency.Agreement.REFUSED)
        | Q(predecessor__status=Status.DECLINED)
    )
    return ahead.filter(known & late)


def health(today: date) -> Case:
    """Whether the date of a feature holds, one of `HEALTH`: the first that holds of blocked, without a date, slipping, on time; empty
    where nothing is promised.
    """
    late = Q(target_date__lt=today) | Q(release__state=Release.State.PLANNED, release__day__lt=F("target_date"))
    return Case(
        When(~Q(status__in=COMMITTED), then=Value("")),
        When(Exists(blocking()), then=Value(BLOCKED)),
        When(target_date=None, then=Value(UNDATED)),
        When(late, then=Value(SLIPPING)),
        default=Value(ON_TIME),
        output_field=CharField(),
    )


def with_health(rows: QuerySet, today: date) -> QuerySet:
    """Committed features with their `health`."""
    return rows.filter(status__in=COMMITTED).annotate(health=health(today))


def days_late(target: date, release: date | None, today: date) -> int:
    """By how many days a date has passed or, where it lies ahead, comes after its release."""
    return max((today - target).days, (target - release).days if release else 0, 0)
