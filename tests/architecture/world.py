"""One row of every model on an open product and one on a private product, made by what the model says of itself.

A new model needs no line here unless its rows obey a rule no column tells; then `SPECIAL` says what to put there. Text in a row of
the private product is a canary: whoever finds it elsewhere has found a leak.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from core.acts import Because, act, record
from core.models import Membership, OrganisationScoped, Product, Recorded, Role, User
from integrations.reports import path_of
from roadmaps.order import first_key
from tests.factories.core import PASSWORD, ApiTokenFactory, MembershipFactory, ProductFactory, UserFactory

OURS = ("core", "portfolio", "roadmaps", "feedback", "prioritization", "documents", "governance", "integrations")
# Bookkeeping that `act`, the worker and the doors keep; the world writes it by using them.
NOT_MADE = {
    "core.organisation",
    "core.event",
    "core.change",
    "core.chainhead",
    "core.cursor",
    "core.stale",
    "core.ratewindow",
    "core.idempotencykey",
}
# Rows of the private product have ids found nowhere else either.
HIDDEN_IDS = 710_000_000
CANARY = re.compile(rf"zq[a-z0-9]+qz|(?<!\d){HIDDEN_IDS // 1000}\d{{3}}(?!\d)")


# By model and field: what a column's type does not tell. A function is called with the side.
def keep_file() -> str:
    """A file somebody brought in; answers its digest."""
    content = b"id,title\n1,One\n"
    digest = hashlib.sha256(content).hexdigest()
    path_of(digest).parent.mkdir(parents=True, exist_ok=True)
    path_of(digest).write_bytes(content)
    return digest


SPECIAL: dict[str, dict[str, Any]] = {
    "core.membership": {"level": Membership.Level.VIEWER, "user": lambda side: side.people["deputy"]},
    "core.apitoken": {"scopes": ["read"]},
    "core.customfield": {"subject": "roadmaps.feature", "kind": "text", "is_internal": False},
    "core.customvalue": {"subject_id": lambda side: side.row(apps.get_model("roadmaps.feature")).pk},
    "core.pulse": {"topic": "score"},
    "core.notification": {"kind": "change"},
    "core.invitation": {"expires_at": lambda side: timezone.now() + timedelta(days=7)},
    "integrations.importrun": {"kind": "features", "digest": lambda side: keep_file(), "plan": {"delimiter": ",", "encoding": "utf-8"}},
    "integrations.importmapping": {"kind": "features", "plan": {}},
    "feedback.evidence": {"start": None, "end": None},
    "integrations.webhookendpoint": {"verbs": ["nothing.happened"]},
    "core.job": {"kind": "reindex"},
    "core.savedview": {"page": "features", "query": "", "is_shared": True},
    "core.delivery": {"channel": "mail", "state": "parked", "ref": None},
    "portfolio.objective": {"line": None, "parent": None},  # of a product or of a line, never of both
    "portfolio.tileday": {"kind": "status", "figures": {}},
    "prioritization.scoringmodel": {"formula": "", "settled_edition": 1},
    "prioritization.criterion": {"kind": "rated", "source": "", "custom_field": None, "scale_min": 1, "scale_max": 5},
    # A second criterion, so that a model may lose one.
    "prioritization.consensus": {
        "criterion": lambda side: side.another(
            apps.get_model("prioritization.criterion"), key="second", kind="rated", source="", custom_field=None, scale_min=1, scale_max=5
        )
    },
    "roadmaps.feature": {"key": lambda side: f"{side.product.key}-1", "score_rev": 1, "deal_account": None, "sort_key": first_key(1)},
    "roadmaps.release": {"state": "shipped", "retrospective": ""},
    "roadmaps.releaseitem": {"days_before": None, "done_by": None},
    "roadmaps.roadmapsource": {"source": lambda side: side.another(apps.get_model("roadmaps.roadmap"))},
    "roadmaps.sharelink": {"embeds": [], "password": "", "ends_on": None},
    "governance.check": {"kind": "effort"},
    "governance.decisionlink": {"initiative": None},
    "roadmaps.dependency": {
        "successor": lambda side: side.another(
            apps.get_model("roadmaps.feature"), number=2, key=f"{side.product.key}-2", sort_key=first_key(2), status="shipped"
        ),
        "agreement": "accepted",
    },
}


@dataclass
class Side:
    """The rows that hang on one product; `shared` holds those of the whole organisation."""

    name: str
    product: Product
    people: dict[str, User]
    shared: dict[str, models.Model]
    rows: dict[str, models.Model] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)  # text → model and field
    making: set[str] = field(default_factory=set)  # so that circles of relations end
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def row(self, model: type[models.Model]) -> models.Model:
        """This side's row of the model, made when first asked for."""
        if model in (Product, User):
            return self.product if model is Product else self.people["maker"]
        label = model._meta.label_lower
        if label not in self.rows and label not in self.shared:
            made = self.another(model)
            is_everybodys = is_shared(model) or (isinstance(made, Recorded) and made.product_for_rights is None)
            (self.shared if is_everybodys else self.rows)[label] = made
        return self.shared.get(label) or self.rows[label]

    def another(self, model: type[models.Model], **given: Any) -> models.Model:
        """One more row of the model."""
        self.making.add(model._meta.label_lower)
        values = {f.name: self._value(f) for f in model._meta.concrete_fields if f.name not in given and not self._is_left_alone(f)}
        self.making.discard(model._meta.label_lower)
        if self.name == "private" and isinstance(model._meta.pk, models.AutoField):
            given["pk"] = HIDDEN_IDS + next(self.numbers)
            self.canaries[str(given["pk"])] = f"{model._meta.label_lower}.id"
        made = model(**values, **given)
        made.save(force_insert=True)
        if isinstance(made, Recorded):
            _tell(made, self.people["maker"], self.text(model, "because"))
        return made

    def text(self, model: type[models.Model], name: str, longest: int | None = None) -> str:
        """A text found nowhere else."""
        found = f"zq{self.name[:2]}{next(self.numbers):x}qz"[: longest or None]
        if not is_shared(model):
            self.canaries[found] = f"{model._meta.label_lower}.{name}"
        return found

    def _is_left_alone(self, f: models.Field) -> bool:
        special = SPECIAL.get(f.model._meta.label_lower, {})
        if f.name in special:
            return False
        is_text = isinstance(f, models.CharField | models.TextField) and not f.choices
        is_given = f.has_default() and not (is_text and f.get_default() == "")
        is_circle = f.is_relation and f.null and f.related_model._meta.label_lower in self.making
        return is_given or is_circle or (f.primary_key and not f.is_relation) or f.name == "deleted_at"

    def _value(self, f: models.Field) -> Any:
        special = SPECIAL.get(f.model._meta.label_lower, {})
        if f.name in special:
            value = special[f.name]
            return value(self) if callable(value) else value
        if f.is_relation:
            return self.row(f.related_model)
        if f.name == "subject_type":
            return "roadmaps.feature"
        if f.name == "subject_id":
            return self.row(apps.get_model("roadmaps.feature")).pk
        return self._plain_value(f)

    def _plain_value(self, f: models.Field) -> Any:
        if f.choices:
            return next(value for value, _ in f.flatchoices if value != "")
        if isinstance(f, models.EmailField):
            return f"{self.text(f.model, f.name)}@example.com"
        if isinstance(f, models.CharField | models.TextField):
            return self.text(f.model, f.name, f.max_length)
        if isinstance(f, models.DateTimeField):
            return None if f.null else timezone.now()
        if isinstance(f, models.DateField):
            return date(2026, 3, 1)
        if isinstance(f, models.BinaryField):
            return b""
        if isinstance(f, models.JSONField):
            return {}
        if isinstance(f, models.BooleanField):
            return False
        return 1


@dataclass
class World:
    """Everybody, and both sides. `viewer` may read both products, `deputy` is a second owner, `deactivated` was a maker, `ex_member`
    is about to leave the private product (`Visitors.hide`), and `editor` edits the open one alone."""

    people: dict[str, User]
    tokens: dict[str, str]
    own: Side
    private: Side

    def side(self, name: str) -> Side:
        return self.private if name == "private" else self.own


def build() -> World:
    """The world but for the private product: `hide` makes it last, so that the others' ids do not tell of it."""
    known = {"password": make_password(PASSWORD)}
    people = {
        name: UserFactory(name=name.replace("_", " ").title(), email=f"{name}@example.com", role=role, **known)
        for name, role in ROLES.items()
    }
    tokens = {
        "read": ApiTokenFactory(user=people["maker"], scopes=["read"]).text,
        "write": ApiTokenFactory(user=people["maker"]).text,
        "revoked": ApiTokenFactory(user=people["maker"], deleted_at=timezone.now()).text,
        "expired": ApiTokenFactory(user=people["maker"], expires_at=timezone.now()).text,
        "ownerless": ApiTokenFactory(user=people["deactivated"]).text,
    }
    shared: dict[str, models.Model] = {}
    own = _side("own", ProductFactory(key="OWN", name="Own", owner=people["maker"], last_number=9), people, shared)
    hidden = ProductFactory.build(
        pk=HIDDEN_IDS, key="HIDDEN", name="zqhiddenproductqz", owner=people["maker"], last_number=9, is_private=True
    )
    private = Side("private", hidden, people, shared)
    return World(people, tokens, own, private)


def hide(world: World) -> None:
    """The private product is there, with one row of every model."""
    world.private.product.save(force_insert=True)
    filled = _side("private", world.private.product, world.people, world.private.shared)
    filled.canaries |= {"zqhiddenproductqz": "core.product.name", str(HIDDEN_IDS): "core.product.id"}
    world.private = filled


def _side(name: str, product: Product, people: dict[str, User], shared: dict[str, models.Model]) -> Side:
    side = Side(name, product, people, shared)
    for person, level in LEVELS[name].items():
        MembershipFactory(product=product, user=people[person], level=level)
    _tell(product, people["maker"], f"zq{name}productqz")
    for model in made_models():
        side.row(model)
    return side


def _tell(row: Recorded, actor: User, because: str) -> None:
    """Record the row's values as an event, as the service that makes it would."""
    with act(actor, because=Because("core.comment", 1, because)):
        record(
            f"{row._meta.app_label}.{row._meta.model_name}_created",
            row,
            None,
            {f.name: getattr(row, f.attname) for f in row.recorded_fields()},
        )


def made_models() -> list[type[models.Model]]:
    """Every model of ours whose rows the world makes."""
    found = [model for app in OURS if apps.is_installed(app) for model in apps.get_app_config(app).get_models()]
    return [model for model in found if model._meta.label_lower not in NOT_MADE and model not in (Product, User)]


def is_shared(model: type[models.Model]) -> bool:
    """Whether its rows belong to the organisation, whatever product they were made beside."""
    return isinstance(getattr(model, "objects", None) and model.objects.all(), OrganisationScoped)


ROLES = {
    "guest": Role.GUEST,
    "contributor": Role.CONTRIBUTOR,
    "viewer": Role.MAKER,
    "maker": Role.MAKER,
    "other_maker": Role.MAKER,
    "leader": Role.LEADER,
    "ops": Role.OPS,
    "admin": Role.ADMIN,
    "deactivated": Role.MAKER,
    "deputy": Role.MAKER,
    "ex_member": Role.MAKER,
    "editor": Role.MAKER,
}
BOTH = {"maker": Membership.Level.OWNER, "viewer": Membership.Level.VIEWER, "deactivated": Membership.Level.EDITOR}
LEVELS = {"own": BOTH | {"editor": Membership.Level.EDITOR}, "private": BOTH | {"ex_member": Membership.Level.EDITOR}}
