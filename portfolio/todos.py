"""What Home says of objectives: one's own that will not be reached as things stand; to leaders, everybody's."""

from django.urls import reverse

from core.models import Organisation, Product, Role, User
from core.registry import Task, Todo, register_todo
from portfolio.models import Objective, StatusUpdate
from portfolio.reports import objective_lines

SHOWN = 5
WORRYING = (StatusUpdate.Health.AT_RISK, StatusUpdate.Health.OFF)


def _worrying(user: User, scope: Product | None) -> list[Task]:
    """Objectives under way that somebody called at risk or off track or, where nobody spoke, that lie behind the time passed."""
    today = Organisation.today()
    rows = Objective.objects.visible_to(user).filter(starts_on__lte=today, ends_on__gte=today)
    if not user.rights.is_any(Role.LEADER):
        rows = rows.filter(owner=user)
    if scope is not None:
        rows = rows.filter(product=scope)
    lines = [line for line in objective_lines(rows.order_by("-weight", "pk"), user, today) if line.health in WORRYING]
    return [
        Task(
            line.row.title,
            reverse("objective", args=[line.row.pk]),
            line.health.label if line.percent is None else f"{line.health.label}, {line.percent} % of the way",
            "target-arrow",
            line.row.ends_on,
        )
        for line in lines[:SHOWN]
        if line.health is not None
    ]


register_todo(Todo("Objectives at risk", 9, _worrying, lambda user: reverse("objectives")))
