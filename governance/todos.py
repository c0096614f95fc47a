"""What governance puts on Home."""

from datetime import timedelta

from django.urls import reverse

from core import clock
from core.registry import Task, Todo, register_todo
from core.templatetags.waymark import short_date
from governance.models import Decision

AHEAD = timedelta(days=14)
SHOWN = 5


def _to_look_at(user, scope) -> list[Task]:
    """One's own decisions whose day to look again has come or is near."""
    rows = Decision.objects.visible_to(user).filter(decided_by=user, look_again_on__lte=clock.today() + AHEAD)
    if scope is not None:
        rows = rows.filter(product=scope)
    return [
        Task(row.question, reverse("decision", args=[row.pk]), f"look again on {short_date(row.look_again_on)}", "gavel")
        for row in rows.order_by("look_again_on", "pk")[:SHOWN]
    ]


register_todo(Todo("Decisions to look at again", 60, _to_look_at, lambda user: f"{reverse('decisions')}?due=on"))
