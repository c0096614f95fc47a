"""What is read of checks and decisions that is no row of one model."""

from collections.abc import Callable
from dataclasses import dataclass

from core import history
from core.models import Change, Event, User
from core.registry import subject_of
from documents.models import Document
from governance.models import Check, Decision, DecisionLink
from prioritization.models import Consensus, Criterion
from prioritization.reports import active_model
from roadmaps.models import Feature, Stage

DECISION = "governance.decision"  # as the reason of an act


@dataclass(frozen=True)
class CheckState:
    """A check as a feature stands: `sentence` says what is not met, empty where it is."""

    check: Check
    sentence: str


def next_stage(feature: Feature, user: User) -> Stage | None:
    """The stage after the feature's; None in the last one."""
    return Stage.objects.visible_to(user).filter(position__gt=feature.stage.position).order_by("position").first()


def check_states(feature: Feature, stage: Stage, user: User) -> list[CheckState]:
    """Every check of the stage and whether the feature meets it."""
    checks = Check.objects.visible_to(user).filter(stage=stage).select_related("template").order_by("id")
    return [CheckState(check, FINDERS[check.kind](check, feature, user)) for check in checks]


def _field(check: Check, feature: Feature, user: User) -> str:
    return "" if getattr(feature, feature._meta.get_field(check.field).attname) else f"{check.get_field_display()} is blank."


def _effort(check: Check, feature: Feature, user: User) -> str:
    return "Effort is not estimated." if feature.effort_likely is None else ""


def _ratings(check: Check, feature: Feature, user: User) -> str:
    model = active_model(feature.product_id)
    if model is None:
        return ""
    rated = Consensus.objects.visible_to(user).filter(feature=feature).values("criterion_id")
    lacking = Criterion.objects.visible_to(user).filter(model=model, kind=Criterion.Kind.RATED).exclude(pk__in=rated)
    names = ", ".join(criterion.name for criterion in lacking)
    return f"Not rated yet: {names}." if names else ""


def _document(check: Check, feature: Feature, user: User) -> str:
    found = Document.objects.visible_to(user).filter(feature=feature, template=check.template_id).select_related("template").first()
    if found is None:
        return f"{check.template.name} is not begun."
    return f"{check.template.name} lacks: {', '.join(found.missing)}." if found.missing else ""


def _evidence(check: Check, feature: Feature, user: User) -> str:
    """Counted as demand is: a person counts once, whatever they wrote."""
    asked = feature.demand_people
    if asked >= check.least:
        return ""
    who = {0: "Nobody has asked", 1: "One person asked"}.get(asked, f"{asked} people asked")
    return f"{who} for it; at least {check.least} should have."


# What says whether a check of a kind is met: a sentence where it is not.
FINDERS: dict[str, Callable[[Check, Feature, User], str]] = {
    Check.Kind.FIELD: _field,
    Check.Kind.EFFORT: _effort,
    Check.Kind.RATINGS: _ratings,
    Check.Kind.DOCUMENT: _document,
    Check.Kind.EVIDENCE: _evidence,
}


def links_of(decision: Decision, user: User) -> list[DecisionLink]:
    """What the decision is about, as far as this person sees it."""
    rows = DecisionLink.objects.visible_to(user).filter(decision=decision)
    return list(rows.select_related("feature__stage", "feature__product", "initiative__product"))


def decisions_about(feature: Feature, user: User) -> list[Decision]:
    """The decisions that name the feature, the newest first."""
    links = DecisionLink.objects.visible_to(user).filter(feature=feature)
    return list(Decision.objects.visible_to(user).filter(pk__in=links.values("decision_id")).select_related("decided_by"))


@dataclass(frozen=True)
class Consequence:
    """An act in the name of a decision, and what it did to features, in words."""

    event: Event
    touched: list[history.Touched]


def followed(decision: Decision, links: list[DecisionLink], user: User) -> list[Consequence]:
    """The acts on its features that name the decision as their reason, newest first."""
    features = [link.feature_id for link in links if link.feature_id]
    touched = Change.objects.visible_to(user).filter(subject_type=Feature._meta.label_lower, subject_id__in=features)
    acts = Event.objects.visible_to(user).filter(because_type=DECISION, because_id=decision.pk, pk__in=touched.values("event_id"))
    noun = subject_of(Feature).noun
    return [
        Consequence(event, [row for row in history.of_event(event, user) if row.noun == noun])
        for event in acts.select_related("actor")[:20]
    ]
