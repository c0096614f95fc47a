"""A roadmap as an audience sees it. The masks are in the query: what is masked is not read. Reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, ExtractMonth, ExtractQuarter, ExtractYear, NullIf
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from core.days import first_of, last_of
from core.exceptions import OutOfSight
from core.models import User
from roadmaps.effort import say_effort
from roadmaps.filters import FeatureFilter
from roadmaps.grid import Grouping, by_strongest_objective
from roadmaps.lanes import LANES
from roadmaps.looks import Look
from roadmaps.models import Audience, Dependency, Feature, Roadmap, Stage
from roadmaps.models.plan import Horizon, Status
from roadmaps.planned import Planned, Step

Dates, Layout = Audience.Dates, Roadmap.Layout
MOST = 1_000  # features
UNNAMED = "Other work"
ASKED = ("layout", "zoom", "from", "lanes", "by")  # what an address may say; a filter in it would tell of what is masked
COLOURS = {Status.OPEN: "discovery", Status.PLANNED: "definition", Status.IN_PROGRESS: "delivery", Status.SHIPPED: "launch"}
NEUTRAL = Step("definition")
OUTSIDE_THEME = NullIf("initiative__outside_name", Value(""))
# The columns that each fact is read from; nothing else is, beside the name and the dates.
READ: Mapping[str, Sequence[str]] = {
    "key": ["key"], "stage": ["stage_id", "stage__slug", "stage__name"], "status": ["status"], "initiative": ["initiative_id"],
    "horizon": ["initiative__horizon"], "outcome": ["initiative__outcome"], "product": ["product__name"],
    "objective": ["objective"], "owner": ["owner_id", "owner__name"], "team": ["team__name"],
    "effort": ["effort_low", "effort_likely", "effort_high"], "release": ["release__version_name"],
    "score": ["score", "score_low", "score_high", "score_completeness"], "confidence": ["date_confidence"], "dependencies": [],
}  # fmt: skip
OF_THEMES = ("horizon", "outcome")  # facts of the initiative, shown where initiatives are


@dataclass(frozen=True, slots=True)
class Shown(Planned):
    """What an audience sees of a feature: `pk` names it on this page alone; what is masked is blank."""

    stage_id: int | None = None
    theme: "ShownTheme | None" = None
    initiative_id: str | None = None
    initiative: str | None = None
    product_name: str | None = None
    objective: str | None = None
    owner: User | None = None
    owner_name: str | None = None
    team: str | None = None
    release: str | None = None
    score: Decimal | None = None
    score_low: Decimal | None = None
    score_high: Decimal | None = None
    score_completeness: Decimal = Decimal(0)
    score_in: int = 0
    score_rev: int = 0

    @property
    def effort_words(self) -> str:
        return say_effort(self.effort_low, self.effort_likely, self.effort_high, joint=" · ", whole=True)

    def get_status_display(self) -> str:
        return Status(self.status).label if self.status else ""

    def get_date_confidence_display(self) -> str:
        return Feature.Confidence(self.date_confidence).label if self.date_confidence else ""


@dataclass
class ShownTheme:
    """What an audience sees of an initiative; `shipped` is None where it is not told how features stand."""

    pk: str
    name: str
    outcome: str = ""
    horizon: str = ""
    product: str = ""
    start: date | None = None
    target: date | None = None
    features: int = 0
    shipped: int | None = None

    @property
    def title(self) -> str:
        return self.name

    @property
    def target_date(self) -> date | None:
        return self.target

    @property
    def status(self) -> str:
        """Shipped, once all its features are; blank where nobody is told how they stand."""
        return Status.SHIPPED if self.shipped == self.features else ""

    def get_status_display(self) -> str:
        return Status(self.status).label if self.status else ""

    def get_horizon_display(self) -> str:
        return Horizon(self.horizon).label if self.horizon else ""

    def take_in(self, feature: Shown) -> None:
        """Count the feature: its dates, as they are shown, stretch the theme's."""
        self.features += 1
        if feature.status:
            self.shipped = (self.shipped or 0) + (feature.status == Status.SHIPPED)
        if feature.target_date:
            self.start = min(filter(None, (self.start, feature.start)))
            self.target = max(filter(None, (self.target, feature.target_date)))


class MaskedLook:
    """A roadmap in its kept filter, in the rights of one person, behind an audience's masks; for whatever draws a `Look`.

    It has neither rows nor a person: what asks for either draws more than is shown, and fails.
    """

    user, roadmap, product, filters = None, None, None, None
    is_masked, is_changed, is_portfolio = True, False, False
    items_at = ""  # where its items have pages of their own, to say something to them; blank: nowhere

    def __init__(self, of: Look, audience: Audience, params: QueryDict, *, title: str, salt: str, whom: str = ""):
        self._of, self.audience, self.title, self._salt, self.whom = of, audience, title, salt, whom
        self.shows = frozenset(audience.shows) & READ.keys()
        self.is_theme_only = of.is_theme_only
        self.params = QueryDict(mutable=True)
        for name in ASKED:
            if value := params.get(name) or of.params.get(name):
                self.params[name] = value
        self._behind: dict[str | None, list[int]] = defaultdict(list)  # the ids of the features behind each item, once they were read
        self._left_out = FeatureFilter({"filter": audience.leaves_out}, user=of.user)

    @property
    def layouts(self) -> list[tuple[str, str]]:
        """The layouts that tell what this audience may know."""
        tells = {
            Layout.TIMELINE: self.tells_days,
            Layout.BOARD: not self.is_theme_only and not self.shows.isdisjoint({"stage", "status"}),
            Layout.HORIZONS: "horizon" in self.shows,
            Layout.LIST: True,
        }
        return [(name, label) for name, label in Layout.choices if tells[name]]

    @property
    def layout(self) -> str:
        known = dict(self.layouts)
        wanted = (self.params.get("layout"), self._of.layout, *known)
        return next(name for name in wanted if name in known)

    @property
    def by(self) -> str:
        """What a board's columns stand for."""
        is_by_stage = "stage" in self.shows and not ("status" in self.shows and self.params.get("by") == "status")
        return "stage" if is_by_stage else "status"

    @property
    def ways(self) -> list[str]:
        """The columns a board may have."""
        return [name for name in ("stage", "status") if name in self.shows]

    @property
    def is_hidden(self) -> bool:
        """Whether a filter cannot be read, the roadmap's or the audience's: then nobody can say what may be shown."""
        return bool(self._of.filters.error or self._left_out.error)

    @property
    def fields(self) -> list[str]:
        """The facts that cards and lines show."""
        return [name for name in self._of.fields if (self.tells_days if name == "dates" else name in self.shows)]

    @property
    def lanes(self) -> dict[str, Grouping]:
        """The lanes that tell what this audience may know, told apart by what it reads."""
        paths = {"product": "product_name", "owner": "owner_name"}
        known = {name: (lane, paths.get(name, name)) for name, lane in LANES.items() if name in self.shows}
        nothing = {name: UNNAMED if name == "initiative" else lane.nothing for name, (lane, _) in known.items()}
        return {name: Grouping(name, lane.title, path, path, path, nothing[name]) for name, (lane, path) in known.items()}

    def grouping(self, default: str = "") -> Grouping | None:
        """The lanes asked for; the usual ones where those asked for are masked."""
        wanted = self.params.get("lanes", default)
        return self.lanes.get(wanted) or (self.lanes.get(default) if wanted in (*LANES, "source") else None)

    @property
    def stages(self) -> Iterable[Stage]:
        """The stages it may know of."""
        return Stage.objects.visible_to(self._of.user).exclude(status=Status.RETIRED) if "stage" in self.shows else ()

    @property
    def says(self) -> list[str]:
        """What its files say of what they show."""
        return []

    @cached_property
    def themes(self) -> list[ShownTheme]:
        """The initiatives it is shown, by their names."""
        found = {feature.theme.pk: feature.theme for feature in self.features if feature.theme}
        return sorted(found.values(), key=lambda theme: (theme.name == UNNAMED, theme.name, theme.pk))

    def laned(self, grouping: Grouping | None) -> list[Shown]:
        """The features, lane by lane."""
        if grouping is None:
            return self.features
        return sorted(self.features, key=lambda feature: (getattr(feature, grouping.path) is None, getattr(feature, grouping.path) or ""))

    @cached_property
    def features(self) -> list[Shown]:
        """What is shown of each feature, in an order made of what is shown alone."""
        if self.is_hidden:
            return []
        rows = self._of.rows
        if self._left_out.tree is not None:
            rows = rows.exclude(pk__in=self._left_out.narrow(Feature.objects.visible_to(self._of.user)).order_by().values("pk"))
        if "objective" in self.shows:
            rows = by_strongest_objective(self._of.user, rows)
        themes: dict[str, ShownTheme] = {}
        read = list(self._masked(rows)[:MOST])
        found = [self._shown(row, themes) for row in read]
        for row, one in zip(read, found, strict=True):
            for name in (one.pk, one.theme.pk if one.theme else None):
                self._behind[name].append(row["pk"])
        return sorted(found, key=lambda one: (one.target_date or date.max, one.start if one.target_date else date.max, one.title, one.pk))

    @property
    def items(self) -> Sequence[Shown | ShownTheme]:
        """What is shown: features, or themes alone."""
        return self.themes if self.is_theme_only else self.features

    @property
    def tells_days(self) -> bool:
        """Whether it is told when things are, however roughly."""
        return self.audience.dates != Dates.NONE

    def item_of(self, name: str) -> Shown | ShownTheme | None:
        """The item of this name on this page; None where nothing of it is shown."""
        return next((one for one in self.items if one.pk == name), None)

    def features_behind(self, item: Shown | ShownTheme) -> list[Feature]:
        """The features that are meant by what is said to the item: for who takes it in, not for who says it."""
        rows = Feature.objects.visible_to(self._of.user).filter(pk__in=self._behind[item.pk])
        return list(rows.select_related("product").order_by("pk"))

    def pk_of(self, pk: int) -> str:
        """The name of a feature on this page: the same at each opening, and of no use elsewhere."""
        return salted_hmac("roadmaps.shown", f"{self._salt}:{pk}", algorithm="sha256").hexdigest()[:12]

    @property
    def dependencies(self) -> list[tuple[str, str, str]]:
        """(kind, who gives, who waits) between features that are shown."""
        if "dependencies" not in self.shows:
            return []
        names = {feature.pk for feature in self.features}
        rows = Dependency.objects.visible_to(self._of.user).scheduled().order_by("pk")
        lines = rows.filter(predecessor__in=self._of.rows.order_by().values("pk")).values_list("kind", "predecessor", "successor")
        found = [(kind, self.pk_of(giver), self.pk_of(waiter)) for kind, giver, waiter in lines]
        return [line for line in found if {line[1], line[2]} <= names]

    def _masked(self, rows: QuerySet) -> QuerySet:
        """What is read: an id, the name, the dates as far as they are told, and the columns of the facts that are shown."""
        said: dict[str, Combinable] = {"said_name": self._name()}
        if "initiative" in self.shows:
            said["said_theme"] = OUTSIDE_THEME if self.audience.has_outside_names else F("initiative__name")
        for name in ("start", "target"):
            said |= _rounded(name, self.audience.dates)
        facts = [column for fact in sorted(self._read()) for column in READ[fact]]
        return rows.order_by("pk").values("pk", *facts, **said)

    def _read(self) -> set[str]:
        """The facts that are read: those of initiatives only where initiatives are shown."""
        return {fact for fact in self.shows if fact not in OF_THEMES or "initiative" in self.shows}

    def _name(self) -> Combinable:
        if not self.audience.has_outside_names:
            return F("title")
        of_theme = Concat(Value("Work on "), "initiative__outside_name") if "initiative" in self.shows else Value(UNNAMED)
        return Case(
            When(outside_name__gt="", then=F("outside_name")), When(initiative__outside_name__gt="", then=of_theme),
            default=Value(UNNAMED), output_field=CharField(),
        )  # fmt: skip

    def _shown(self, row: Mapping[str, Any], themes: dict[str, ShownTheme]) -> Shown:
        get: Callable[[str], Any] = row.get
        status = get("status") or ""
        stage = Step(get("stage__slug"), get("stage__name")) if "stage" in self.shows else NEUTRAL
        if "stage" not in self.shows and status:
            stage = Step(COLOURS.get(status, ""), Status(status).label)
        start, target = (_day(row, name, self.audience.dates) for name in ("start", "target"))
        if self.audience.dates != Dates.EXACT and target:
            start = start or first_of(row["target_year"], row["target_part"], self.audience.dates)
        theme = self._theme(row, themes)
        shown = Shown(
            self.pk_of(row["pk"]), row["said_name"], stage, status, target, start, get("date_confidence") or self._sureness,
            key=get("key") or "", effort_low=get("effort_low"), effort_likely=get("effort_likely"), effort_high=get("effort_high"),
            stage_id=get("stage_id"), theme=theme, initiative_id=theme.pk if theme else None,
            initiative=theme.name if theme and theme.name != UNNAMED else None,
            product_name=get("product__name"), objective=get("objective"), team=get("team__name"), release=get("release__version_name"),
            owner=User(pk=get("owner_id"), name=get("owner__name")) if get("owner__name") else None, owner_name=get("owner__name"),
            score=get("score"), score_low=get("score_low"), score_high=get("score_high"),
            score_completeness=get("score_completeness") or Decimal(0),
        )  # fmt: skip
        if theme:
            theme.take_in(shown)
        return shown

    @property
    def _sureness(self) -> str:
        """How a bar is drawn of which nobody is told how sure its dates are."""
        return "" if "confidence" in self.shows else Feature.Confidence.HIGH

    def _theme(self, row: Mapping[str, Any], themes: dict[str, ShownTheme]) -> ShownTheme | None:
        """The theme of the feature: two of which the same is told are one, so that nobody can count what has no name outside."""
        if row.get("initiative_id") is None:
            return None
        name = row["said_theme"] or UNNAMED
        is_named = name != UNNAMED
        told = (name, row.get("initiative__outcome") if is_named else "", row.get("initiative__horizon"), row.get("product__name"))
        pk = salted_hmac("roadmaps.theme", f"{self._salt}:{told}", algorithm="sha256").hexdigest()[:12]
        if pk not in themes:
            themes[pk] = ShownTheme(pk, *(part or "" for part in told))
        return themes[pk]


def _rounded(name: str, by: str) -> dict[str, Combinable]:
    """The columns that tell the day of this name as exactly as `by` says: of a rounded one its year and the part of it."""
    path = f"{name}_date"
    if by == Dates.NONE:
        return {}
    if by == Dates.EXACT:
        return {f"{name}_day": F(path)}
    half = Case(When(**{f"{path}__month__lte": 6}, then=Value(1)), default=Value(2), output_field=IntegerField())
    part = {Dates.MONTH: ExtractMonth(path), Dates.QUARTER: ExtractQuarter(path), Dates.HALF: half}[Dates(by)]
    return {f"{name}_year": ExtractYear(path), f"{name}_part": part}


def _day(row: Mapping[str, Any], name: str, by: str) -> date | None:
    """The day as it is told: where it is rounded, a start is the first and a target the last day of its part of the year."""
    if by in (Dates.EXACT, Dates.NONE):
        return row.get(f"{name}_day")
    if (year := row[f"{name}_year"]) is None:
        return None
    return (first_of if name == "start" else last_of)(year, row[f"{name}_part"], by)


def look_at(user: User, params: QueryDict, roadmap: Roadmap) -> Look | MaskedLook:
    """The roadmap as this person sees it; where `params` name an audience, as that one would in this person's rights."""
    if not (slug := params.get("audience")):
        return Look(user, params, roadmap)
    if (audience := Audience.objects.visible_to(user).filter(slug=slug).first()) is None:
        raise OutOfSight("There is no such audience.")
    whole, salt, whom = Look(user, QueryDict(), roadmap), f"{roadmap.pk} to {audience.pk}", f"As {audience.name} see it"
    look = MaskedLook(whole, audience, params, title=roadmap.name, salt=salt, whom=whom)
    look.params["audience"] = audience.slug
    return look
