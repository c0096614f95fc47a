"""What Home says of the plan: features of one's own whose dates do not hold or that nobody has estimated; for leaders, every such date."""

from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from core.models import Organisation, Product, Role, User
from core.registry import Task, Todo, register_todo
from core.templatetags.waymark import short_date
from roadmaps.health import BLOCKED, SLIPPING, UNDATED, with_health
from roadmaps.models import Dependency, Feature
from roadmaps.models.plan import COMMITTED, Status

SHOWN = 5
MINE = [BLOCKED, SLIPPING, UNDATED]
DANGER = [BLOCKED, SLIPPING]
IN_FLIGHT = [Status.OPEN, *COMMITTED]


def _rows(user: User, scope: Product | None) -> QuerySet[Feature]:
    rows = Feature.objects.visible_to(user).canonical()
    return rows.filter(product=scope) if scope else rows


def _mine(user: User, scope: Product | None) -> QuerySet[Feature]:
    return with_health(_rows(user, scope).filter(owner=user), Organisation.today()).filter(health__in=MINE)


def _danger(user: User, scope: Product | None) -> QuerySet[Feature]:
    """Everybody's, for who answers for the portfolio."""
    rows = _rows(user, scope) if user.rights.is_any(Role.LEADER) else Feature.objects.none()
    return with_health(rows, Organisation.today()).filter(health__in=DANGER)


def _unestimated(user: User, scope: Product | None) -> QuerySet[Feature]:
    return _rows(user, scope).in_flight().filter(owner=user, effort_low=None, effort_likely=None, effort_high=None)


def _dated(rows: QuerySet[Feature]) -> list[Task]:
    rows = rows.select_related("release").order_by("target_date", "pk")[:SHOWN]
    today = Organisation.today()
    return [Task(str(row), reverse("feature", args=[row.key]), _why(row, today), "calendar-event", row.target_date) for row in rows]


def _why(feature: Feature, today: date) -> str:
    """What is wrong with the dates of a feature that carries its `health`."""
    if feature.health == BLOCKED:
        return "Blocked: what it waits for ends too late or was refused"
    if feature.target_date is None:
        return "Planned, and without a target date"
    if feature.target_date < today:
        return "Its target date has passed"
    return f"Its target lies after its release, {feature.release.name} on {short_date(feature.release.day)}"


def _to_estimate(user: User, scope: Product | None) -> list[Task]:
    rows = _unestimated(user, scope).select_related("stage").order_by("-stage__position", "pk")[:SHOWN]
    return [Task(str(row), reverse("feature", args=[row.key]), f"In {row.stage.name.lower()}", "adjustments-horizontal") for row in rows]


def _asked(user: User, scope: Product | None) -> QuerySet[Dependency]:
    """What others ask of one's features, and what was refused to them; features without an owner are their editors'."""

    def mine(end: str) -> Q:
        of_editors = Q(**{f"{end}__owner": None, f"{end}__product_id__in": user.rights.editable})
        return Q(**{f"{end}__owner": user}) | of_editors

    asked = Q(agreement=Dependency.Agreement.REQUESTED) & mine("predecessor")
    rows = Dependency.objects.visible_to(user).agreements()
    rows = rows.filter(asked | Q(agreement=Dependency.Agreement.REFUSED) & mine("successor"))
    return rows.of_product(scope) if scope else rows


def _to_agree(user: User, scope: Product | None) -> list[Task]:
    rows = _asked(user, scope).select_related("predecessor", "successor").order_by("needed_by", "pk")[:SHOWN]
    return [Task(str(row), reverse("dependency", args=[row.pk]), _asking(row), "link", row.needed_by) for row in rows]


def _asking(row: Dependency) -> str:
    if row.agreement == Dependency.Agreement.REFUSED:
        return "Refused: ask again, or plan without it"
    return f"Asked for by {short_date(row.needed_by)}" if row.needed_by else "Asked for, without a day"


def _grid(text: str) -> str:
    """The address of the grid with this filter."""
    return f"{reverse('features')}?{urlencode({'filter': text})}"


register_todo(
    Todo(
        "Dates in danger", 8, lambda user, scope: _dated(_danger(user, scope)), lambda user: _grid(f"dates:{','.join(DANGER)}"),
        lambda user, scope: _danger(user, scope).count(),
    )
)  # fmt: skip
register_todo(
    Todo(
        "Your dates that do not hold", 10, lambda user, scope: _dated(_mine(user, scope)),
        lambda user: _grid(f"owner:me dates:{','.join(MINE)}"), lambda user, scope: _mine(user, scope).count(),
    )
)  # fmt: skip
register_todo(
    Todo(
        "Agreements that wait for you", 20, _to_agree, lambda user: f"{reverse('dependencies')}?show=all&owner={user.pk}",
        lambda user, scope: _asked(user, scope).count(),
    )
)  # fmt: skip
register_todo(
    Todo(
        "Yours to estimate", 40, _to_estimate, lambda user: _grid(f"owner:me status:{','.join(IN_FLIGHT)} effort:none"),
        lambda user, scope: _unestimated(user, scope).count(),
    )
)  # fmt: skip
