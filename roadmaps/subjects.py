"""How history, search and undo speak of roadmaps' rows."""

from django.urls import reverse

from core.permissions import can_edit_product
from core.registry import Subject, register_subject
from roadmaps.models import (
    Audience,
    CalendarFeed,
    Dependency,
    Feature,
    FeatureObjective,
    FeatureSegment,
    FreezePeriod,
    Initiative,
    InitiativeObjective,
    LaunchStep,
    Release,
    ReleaseItem,
    Roadmap,
    RoadmapSource,
    ShareLink,
    Snapshot,
    Stage,
)
from roadmaps.permissions import can_change_roadmap

register_subject(
    Subject(
        Feature,
        "feature",
        label=lambda f: f"{f.key} {f.title}",
        key=lambda f: f.key,
        url=lambda f: reverse("feature", args=[f.key]),
        text=lambda f: f"{f.key} {f.title}\n{f.description}",
        icon="list-details",
        classes={"deal_account": "identity", "demand_revenue": "revenue"},
        echoes=frozenset({"stage_since"}),
        wordless=frozenset({"sort_key"}),
    )
)
register_subject(
    Subject(
        Initiative,
        "initiative",
        label=lambda i: i.name,
        url=lambda i: reverse("initiative", args=[i.pk]),
        text=lambda i: f"{i.name}\n{i.outcome}",
        icon="target",
    )
)
register_subject(
    Subject(
        Release,
        "release",
        label=lambda r: r.version_name,
        url=lambda r: reverse("release", args=[r.pk]),
        text=lambda r: f"{r.version_name}\n{r.notes}",
        icon="rocket",
        classes={"retrospective": "internal"},
    )
)
register_subject(Subject(ReleaseItem, "launch item", label=lambda i: i.text))
register_subject(Subject(LaunchStep, "launch step", label=lambda s: s.text))
register_subject(Subject(CalendarFeed, "calendar", label=lambda c: c.name, undoable=False, is_seen_by_row=True))
register_subject(Subject(ShareLink, "share link", label=lambda s: s.title, undoable=False, is_seen_by_row=True))
register_subject(Subject(FreezePeriod, "freeze", label=lambda f: f.reason))
register_subject(Subject(Audience, "audience", label=lambda a: a.name, url=lambda a: reverse("audience", args=[a.slug])))
register_subject(Subject(Stage, "stage", label=lambda s: s.name, url=lambda s: reverse("stage", args=[s.slug])))
register_subject(
    Subject(
        Dependency,
        "dependency",
        url=lambda d: reverse("dependency", args=[d.pk]),
        icon="link",
        classes={"refused_why": "internal"},
        may_undo=lambda user, d: any(can_edit_product(user, end.product_id) for end in (d.predecessor, d.successor)),
    )
)
register_subject(Subject(FeatureObjective, "objective served", label=lambda link: f"{link.feature.key} serves {link.objective.title}"))
register_subject(
    Subject(InitiativeObjective, "objective served", label=lambda link: f"{link.initiative.name} serves {link.objective.title}")
)
register_subject(Subject(FeatureSegment, "segment", label=lambda link: f"{link.feature.key} is for {link.segment.name}"))
register_subject(
    Subject(
        Roadmap,
        "roadmap",
        label=lambda r: r.name,
        url=lambda r: reverse("roadmap", args=[r.pk]),
        text=lambda r: r.name,
        icon="route",
        is_narrower=lambda user: True,
        may_undo=can_change_roadmap,
    )
)
register_subject(
    Subject(
        RoadmapSource,
        "roadmap's source",
        label=lambda link: f"{link.roadmap.name} shows {link.source.name}",
        may_undo=lambda user, link: can_change_roadmap(user, link.roadmap),
    )
)
register_subject(
    Subject(
        Snapshot,
        "named moment",
        label=lambda s: f"{s.name} of {s.roadmap.name}",
        may_undo=lambda user, s: can_change_roadmap(user, s.roadmap),
        is_seen_by_row=True,
    )
)
