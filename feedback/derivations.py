"""The step `demand`: what it follows from. It feeds `score`, whose app is registered after this one."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from core.derivation import Input, Step, register_step
from feedback.demand import write_demand
from feedback.models import Evidence, Feedback, Requester
from portfolio.models import Account
from roadmaps.models import Feature


def features_of_evidence(evidence: QuerySet) -> Iterable[int]:
    """The canonical features that these links speak for."""
    return evidence.values_list(Coalesce("feature__merged_into_id", "feature_id"), flat=True).distinct()


def features_of_feedback(rows: QuerySet) -> Iterable[int]:
    """The canonical features that these messages speak for: by their own links, and by those of what they are merged with."""
    canonical = rows.values(canonical=Coalesce("merged_into_id", "pk"))
    behind = Q(feedback__in=canonical) | Q(feedback__merged_into__in=canonical)
    return features_of_evidence(Evidence._base_manager.filter(behind, deleted_at=None))


def features_of_requesters(rows: QuerySet) -> Iterable[int]:
    return features_of_feedback(Feedback._base_manager.filter(requester__in=rows))


def features_of_accounts(rows: QuerySet) -> Iterable[int]:
    return features_of_feedback(Feedback._base_manager.filter(requester__account__in=rows))


register_step(
    Step(
        name="demand",
        model=Feature,
        outputs=("demand_people", "demand_accounts", "demand_revenue"),
        inputs=(
            Input(Feature, ("merged_into",), "pk"),
            Input(Feature, ("merged_into", "deleted_at"), "merged_into_id"),
            Input(Evidence, ("feature", "feedback", "deleted_at"), features_of_evidence),
            Input(Feedback, ("requester", "merged_into", "deleted_at"), features_of_feedback),
            Input(Requester, ("account", "deleted_at"), features_of_requesters),
            Input(Account, ("annual_revenue", "state", "deleted_at"), features_of_accounts),
        ),
        compute=write_demand,
        batch=10_000,  # of ten pieces of evidence each
    )
)
