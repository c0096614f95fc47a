"""How history, search and undo speak of portfolio's rows."""

from django.urls import reverse

from core.registry import Subject, register_subject
from portfolio.models import (
    Account,
    Allocation,
    CheckIn,
    KeyResult,
    Metric,
    MetricPoint,
    Objective,
    Persona,
    ProductLine,
    ProductLineMembership,
    Segment,
    StatusUpdate,
    Strategy,
    Team,
    TeamCapacity,
)


def page(name: str, of=lambda row: row.pk):
    """The address of a row's page, or of the page it stands on."""
    return lambda row: reverse(name, args=[of(row)])


register_subject(
    Subject(ProductLine, "line", label=lambda line: line.name, text=lambda line: f"{line.name}\n{line.purpose}", url=page("line"))
)
register_subject(Subject(ProductLineMembership, "place in a line", label=lambda place: f"{place.product.name} in {place.line.name}"))
register_subject(
    Subject(
        Strategy,
        "strategy",
        label=lambda s: f"Strategy of {s.product.name}",
        text=lambda s: f"Strategy of {s.product.name}\n{s.vision}\n{s.value_proposition}\n{s.differentiation}",
        url=page("product", lambda s: s.product.key),
    )
)
register_subject(
    Subject(Segment, "segment", label=lambda s: s.name, text=lambda s: f"{s.name}\n{s.description}", url=page("segment"), icon="chart-pie")
)
register_subject(
    Subject(
        Persona,
        "persona",
        label=lambda p: p.name,
        text=lambda p: f"{p.name}\n{p.description}",
        url=page("product", lambda p: p.product.key),
    )
)
register_subject(
    Subject(
        Account,
        "account",
        label=lambda a: a.name,
        text=lambda a: a.name,
        text_class="identity",
        url=page("account"),
        icon="building",
        classes={"name": "identity", "annual_revenue": "revenue"},
    )
)
register_subject(Subject(Team, "team", label=lambda t: t.name, text=lambda t: t.name, url=page("team"), icon="users-group"))
register_subject(Subject(TeamCapacity, "capacity", label=lambda c: f"{c.team.name}, {c.quarter:%b %Y}"))
register_subject(
    Subject(
        Objective,
        "objective",
        label=lambda o: o.title,
        text=lambda o: f"{o.title}\n{o.description}",
        url=page("objective"),
        icon="target-arrow",
    )
)
register_subject(
    Subject(
        KeyResult,
        "key result",
        label=lambda k: k.title,
        text=lambda k: k.title,
        url=page("objective", lambda k: k.objective_id),
        echoes=frozenset({"current"}),
    )
)
register_subject(Subject(CheckIn, "check-in", label=lambda c: f"{c.key_result.title}, {c.day}", classes={"note": "internal"}))
register_subject(
    Subject(Metric, "metric", label=lambda m: m.name, text=lambda m: f"{m.name}\n{m.definition}", url=page("metric"), icon="chart-line")
)
register_subject(Subject(MetricPoint, "point", label=lambda p: f"{p.metric.name}, {p.day}", classes={"note": "internal"}))
register_subject(Subject(Allocation, "target of investment", label=lambda a: f"{a.value} {a.share:.0%}"))
register_subject(Subject(StatusUpdate, "status update", label=lambda s: s.get_health_display(), classes={"text": "internal"}))
