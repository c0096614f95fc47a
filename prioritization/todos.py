"""What Home says of priorities: features that wait for one's rating."""

from django.urls import reverse

from core.models import Product, User
from core.registry import Task, Todo, register_todo
from prioritization.ranking import waiting_for

SHOWN = 5


def _to_rate(user: User, scope: Product | None) -> list[Task]:
    return [
        Task(str(row), reverse("feature", args=[row.key]), f"In {row.stage.name.lower()}, asked for by {row.demand_people}", "scale")
        for row in waiting_for(user, scope)[:SHOWN]
    ]


register_todo(
    Todo(
        "Waiting for your rating", 30, _to_rate, lambda user: f"{reverse('priorities')}?waiting=on",
        lambda user, scope: waiting_for(user, scope).count(),
    )
)  # fmt: skip
