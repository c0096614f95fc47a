"""Features from a file."""

from collections.abc import Sequence
from typing import Any

from core.models import Product, User
from integrations.targets.base import OUTSIDE_ID, REMOVED_FIRST, Field, Target, by_name, date, effort, of_choices
from portfolio.models import InvestmentKind, Team
from roadmaps import services
from roadmaps.models import Feature, Initiative, Release, Stage


def people(user: User, product: Product | None) -> dict[str, User]:
    """Colleagues by name and by e-mail address."""
    people = list(User.objects.visible_to(user).filter(is_active=True))
    return by_name(people) | by_name(people, "email")


def _stages(user: User, product: Product | None) -> dict[str, Stage]:
    stages = list(Stage.objects.visible_to(user))
    return by_name(stages) | by_name(stages, "slug")


def _initiatives(user: User, product: Product | None) -> dict[str, Initiative]:
    return by_name(Initiative.objects.visible_to(user))


def _find(user: User, product: Product | None, keys: Sequence[str]) -> dict[str, Feature]:
    rows = Feature._base_manager.filter(outside_id__in=keys, product=product).select_related("product", "stage")
    return {row.outside_id: row for row in rows.order_by(*REMOVED_FIRST)}


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Effort is one cell and three columns."""
    if "effort" not in values:
        return values
    rest = {name: value for name, value in values.items() if name != "effort"}
    return rest | dict(zip(("effort_low", "effort_likely", "effort_high"), values["effort"] or (None,) * 3, strict=True))


def _make(user: User, product: Product, rows: Sequence[dict[str, Any]]) -> list[Feature]:
    return services.create_features(actor=user, product=product, rows=[_flat(row) for row in rows])


def _change(user: User, row: Feature, values: dict[str, Any]) -> Feature:
    # A stage from a file is a fact of elsewhere: its checks are passed over with that reason.
    return services.change_feature(actor=user, feature=row, reason="Stated by an imported file.", **_flat(values))


TARGET = Target[Feature](
    kind="features",
    noun="feature",
    page="features",
    needs_product=True,
    fields=(
        OUTSIDE_ID,
        Field("title", "Title", is_required=True, guesses=("title", "name", "summary", "feature"), longest=200),
        Field("description", "Description", may_append=True, guesses=("description", "body", "text", "details", "notes")),
        Field("stage", "Stage", choices=_stages, guesses=("stage", "status", "state", "workflow")),
        Field("kind", "Kind", choices=lambda u, p: of_choices(InvestmentKind.choices), guesses=("kind", "type", "category")),
        Field("owner", "Owner", choices=people, guesses=("owner", "assignee", "pm")),
        Field("team", "Team", choices=lambda u, p: by_name(Team.objects.visible_to(u)), guesses=("team", "squad", "sig")),
        Field(
            "initiative",
            "Initiative",
            choices=lambda u, p: by_name(Initiative.objects.visible_to(u)),
            guesses=("initiative", "epic", "theme"),
        ),
        Field(
            "release",
            "Release",
            choices=lambda u, p: by_name(Release.objects.visible_to(u).filter(product=p), "version_name"),
            guesses=("release", "milestone", "version", "latest_milestone"),
        ),
        Field("effort", "Effort, person-weeks", read=effort, guesses=("effort", "estimate", "story points", "points", "size")),
        Field("start_date", "Start date", read=date, guesses=("start", "start date", "start_date", "begin")),
        Field("target_date", "Target date", read=date, guesses=("target", "due", "due date", "target date", "target_date", "end")),
        Field(
            "date_confidence",
            "How sure is the date?",
            choices=lambda u, p: of_choices(Feature.Confidence.choices),
            guesses=("confidence", "date_confidence"),
        ),
    ),
    find=_find,
    make=_make,
    change=_change,
    label=lambda values: values.get("title") or "",
)
