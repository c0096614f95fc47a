"""How history, search and undo speak of portfolio's rows."""

from core.registry import Subject, register_subject
from portfolio import models

register_subject(Subject(models.ProductLine, "line", label=lambda line: line.name, text=lambda line: line.name))
register_subject(Subject(models.ProductLineMembership, "place in a line", label=lambda m: f"{m.product.name} in {m.line.name}"))
register_subject(Subject(models.Strategy, "strategy", label=lambda s: f"Strategy of {s.product.name}"))
register_subject(Subject(models.Segment, "segment", label=lambda s: s.name, text=lambda s: f"{s.name}\n{s.description}"))
register_subject(Subject(models.Persona, "persona", label=lambda p: p.name))
register_subject(
    Subject(
        models.Account,
        "account",
        label=lambda a: a.name,
        text=lambda a: a.name,
        icon="building",
        classes={"name": "identity", "annual_revenue": "revenue"},
    )
)
register_subject(Subject(models.Team, "team", label=lambda t: t.name))
register_subject(Subject(models.TeamCapacity, "capacity", label=lambda c: f"{c.team.name}, {c.quarter:%b %Y}"))
register_subject(Subject(models.Objective, "objective", label=lambda o: o.title, text=lambda o: f"{o.title}\n{o.description}", icon="target-arrow"))
register_subject(Subject(models.KeyResult, "key result", label=lambda k: k.title))
register_subject(Subject(models.CheckIn, "check-in", label=lambda c: f"{c.key_result.title}, {c.day}", classes={"note": "internal"}))
register_subject(Subject(models.Metric, "metric", label=lambda m: m.name, text=lambda m: f"{m.name}\n{m.definition}", icon="chart-line"))
register_subject(Subject(models.MetricPoint, "point", label=lambda p: f"{p.metric.name}, {p.day}"))
register_subject(Subject(models.Allocation, "allocation", label=lambda a: f"{a.value} {a.share:.0%}"))
register_subject(Subject(models.StatusUpdate, "status update", label=lambda s: s.get_health_display(), classes={"text": "internal"}))
