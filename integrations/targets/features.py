"""Features from a file."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Q

from core.custom_fields import fields_of
from core.exceptions import RuleBroken
from core.models import CustomField, Product, User
from integrations.references import split
from integrations.targets.base import (
    OUTSIDE_ID,
    OWN_SOURCE,
    REMOVED_FIRST,
    Dated,
    Field,
    Identity,
    Links,
    Target,
    by_name,
    date,
    effort,
    number,
    of_choices,
)
from integrations.values import NO, YES
from portfolio.models import InvestmentKind, Team
from roadmaps import services
from roadmaps.models import Dependency, Feature, Initiative, Release, Stage
from roadmaps.services.features import EDITABLE

RELATIONS = {"see_also": Dependency.Kind.RELATES, "replaces": Dependency.Kind.REPLACES}
OURS = f"{OWN_SOURCE}:"  # before the keys of a file that left by our own export
KEY = re.compile(r"[A-Z][A-Z0-9]*-\d+$")


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
    """Known by their ids in the file; those of a file of our own by their keys."""
    of_ours = [key.removeprefix(OURS) for key in keys if key.startswith(OURS)]
    rows = Feature._base_manager.filter(Q(outside_id__in=keys) | Q(key__in=of_ours), product=product).select_related("product", "stage")
    found = list(rows.order_by(*REMOVED_FIRST))
    return {OURS + row.key: row for row in found} | {row.outside_id: row for row in found if row.outside_id}


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Effort is one cell and three columns."""
    if "effort" not in values:
        return values
    rest = {name: value for name, value in values.items() if name != "effort"}
    return rest | dict(zip(("effort_low", "effort_likely", "effort_high"), values["effort"] or (None,) * 3, strict=True))


def _make(user: User, product: Product, rows: Sequence[dict[str, Any]]) -> list[Feature]:
    of_ours = [row["outside_id"].removeprefix(OURS) for row in rows if row["outside_id"].startswith(OURS)]
    elsewhere = Feature.objects.visible_to(user).exclude(product=product).filter(key__in=of_ours).select_related("product").first()
    if elsewhere is not None:
        raise RuleBroken(f"{elsewhere.key} is a feature of {elsewhere.product}. Bring it in with that product chosen.", "outside_id")
    return services.create_features(actor=user, product=product, rows=[_flat(row) for row in rows])


def _change(user: User, row: Feature, values: dict[str, Any]) -> Feature:
    given = {
        name: _emptied(name) if value is None else value for name, value in _flat(values).items() if value is not None or name != "kind"
    }
    # A stage from a file is a fact of elsewhere: its checks are passed over with that reason.
    return services.change_feature(actor=user, feature=row, reason="Stated by an imported file.", **given)


def _emptied(name: str) -> str | None:
    """What a field is where its cell is blank; a kind a feature always has, so that a blank cell leaves it."""
    return None if name not in EDITABLE or Feature._meta.get_field(name).null else ""


def _enter(user: User, row: Feature, stage: Stage) -> Feature:
    return _change(user, row, {"stage": stage})


def _steps(user: User) -> list[tuple[str, str, Stage]]:
    return [(stage.slug, stage.name, stage) for stage in Stage.objects.visible_to(user).order_by("position", "pk")]


def _release_days(user: User, product: Product | None) -> dict[str, dt.date]:
    """Of a version the day it came out: of the product's own releases that are planned for a day or shipped."""
    rows = Release.objects.visible_to(user).filter(product=product).exclude(day=None)
    return dict(rows.values_list("version_name", "day"))


def _identity_of(feature: Feature, product: Product) -> Identity:
    """Of the product's own by their id in the file; ids of other products are of other files."""
    is_own = feature.product_id == product.pk and feature.outside_id
    return ("id", feature.outside_id) if is_own else ("key", feature.key)


def _names(user: User, product: Product, source: str, texts: Collection[str]) -> Iterator[tuple[Identity, str, list[str]]]:
    """The product's features by their ids and keys, and by key those of other products that are named so."""
    keys = {text.strip().upper() for text in texts}
    named = Q(product=product) | Q(key__in={key for key in keys if KEY.match(key)})
    for row in Feature.objects.visible_to(user).filter(named).only("product", "outside_id", "key", "title"):
        kind, name = identity = _identity_of(row, product)
        yield identity, row.title, [row.key, name.removeprefix(f"{source}:")] if kind == "id" else [row.key]


def _standing(user: User, product: Product, field: str) -> set[tuple[Identity, Identity]]:
    rows = Dependency.objects.visible_to(user).filter(successor__product=product, kind=RELATIONS[field])
    ends = rows.select_related("successor", "predecessor").only(
        "successor__product", "successor__outside_id", "successor__key",
        "predecessor__product", "predecessor__outside_id", "predecessor__key",
    )  # fmt: skip
    return {(_identity_of(row.successor, product), _identity_of(row.predecessor, product)) for row in ends}


def _join(user: User, product: Product, field: str, pairs: Sequence[tuple[Identity, Identity]]) -> None:
    wanted = {identity for pair in pairs for identity in pair}
    ids, keys = ({name for kind, name in wanted if kind == one} for one in ("id", "key"))
    rows = Feature.objects.visible_to(user).filter(Q(product=product, outside_id__in=ids) | Q(key__in=keys)).select_related("product")
    found: dict[Identity, Feature] = {}
    for row in rows:
        found["key", row.key] = found[_identity_of(row, product)] = row
    if wanted - found.keys():
        raise RuleBroken("What it names has been removed meanwhile.")
    services.relate_features(actor=user, kind=RELATIONS[field], pairs=[(found[one], found[other]) for one, other in pairs])


def _custom(user: User, product: Product | None) -> tuple[Field, ...]:
    """The custom fields that features of the product have."""
    if product is None:
        return ()
    return tuple(_custom_field(field) for field in fields_of(user, Feature._meta.label_lower, product.pk).values())


def _custom_field(field: CustomField) -> Field:
    known: dict[str, Any] = {"key": field.key, "label": field.label, "guesses": (field.label.lower(), field.key)}
    match field.kind:
        case CustomField.Kind.NUMBER | CustomField.Kind.MONEY:
            return Field(**known, read=number)
        case CustomField.Kind.DATE:
            return Field(**known, read=date)
        case CustomField.Kind.CHOICE:
            return Field(**known, choices=lambda u, p: {choice["label"].lower(): choice["id"] for choice in field.choices})
        case CustomField.Kind.PERSON:
            return Field(**known, choices=people)
        case CustomField.Kind.FLAG:
            return Field(**known, choices=lambda u, p: dict.fromkeys(YES, True) | dict.fromkeys(NO, False))
    return Field(**known, longest=500)


def _references(text: str, order: str) -> list[str]:
    return split(text)


TARGET = Target[Feature](
    kind="features",
    noun="feature",
    page="features",
    needs_product=True,
    own_heads=("key", "title"),
    more=_custom,
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
            guesses=("release", "milestone", "version", "latest_milestone", "latest-milestone"),
            longest=40,
            make=lambda user, product, word: services.create_release(actor=user, product=product, version_name=word),
        ),
        Field("effort", "Effort, person-weeks", read=effort, guesses=("effort", "estimate", "story points", "points", "size")),
        Field("start_date", "Start date", read=date, guesses=("start", "start date", "start_date", "begin")),
        Field("target_date", "Target date", read=date, guesses=("target", "due", "due date", "target date", "target_date", "end")),
        Field(
            "date_confidence",
            "How sure is the date?",
            choices=lambda u, p: of_choices(Feature.Confidence.choices),
            guesses=("date is sure", "confidence", "date_confidence"),
        ),
        Field("made_on", "Made on, in the past", read=date, is_dated=True),
        Field("entered", "In a stage since", read=date, is_dated=True, has_step=True),
        Field("see_also", "See also", read=_references, is_reference=True, guesses=("see also", "see_also", "see-also", "related")),
        Field("replaces", "Replaces", read=_references, is_reference=True, guesses=("replaces", "supersedes")),
    ),
    find=_find,
    make=_make,
    change=_change,
    label=lambda values: values.get("title") or "",
    dated=Dated("stage", steps=_steps, days=_release_days, enter=_enter),
    links=Links(_names, _standing, _join, mutual=frozenset({"see_also"})),
)
