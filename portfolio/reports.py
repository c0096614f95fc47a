"""Reads of the portfolio that are no rows of one model."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from core.acts import label_of
from core.models import Membership, Product, User
from portfolio.models import (
    Account,
    Allocation,
    CheckIn,
    Direction,
    InvestmentKind,
    KeyResult,
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
from portfolio.periods import Period, quarter_of, share_passed

Health = StatusUpdate.Health
AT_RISK, OFF = 0.08, 0.25  # by how much of the way an objective may lie behind the time passed before it is called so
BAR = 200  # user units of a bar's viewBox


# --- objectives -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ResultLine:
    """A key result as it stands: how far (0..1 and beyond; None: unknown), how far it should be, and that in words."""

    row: KeyResult
    current: Decimal | None
    progress: float | None
    expected: float

    @property
    def is_behind(self) -> bool:
        return self.progress is not None and self.progress < self.expected - AT_RISK

    @property
    def bar(self) -> int:
        return 0 if self.progress is None else round(BAR * min(1.0, max(0.0, self.progress)))

    @property
    def mark(self) -> int:
        return round((BAR - 2) * self.expected)

    @property
    def percent(self) -> int | None:
        return None if self.progress is None else round(100 * self.progress)

    @property
    def joint(self) -> str:
        """The word between the value and its target: `33 of 50 %`, but `14.9 to 11` on the way down."""
        return "of" if self.row.direction == Direction.UP else "to"


@dataclass(frozen=True)
class ObjectiveLine:
    """An objective as it stands; `moved` is the change of its progress in points since the day compared with."""

    row: Objective
    results: list[ResultLine]
    expected: float
    moved: float | None
    said: StatusUpdate | None

    @property
    def progress(self) -> float | None:
        """The mean of what is known of its key results, none of which counts for more than its target."""
        return mean_progress(result.progress for result in self.results)

    @property
    def percent(self) -> int | None:
        return None if self.progress is None else round(100 * self.progress)

    @property
    def health(self) -> Health | None:
        """What somebody said last or, where nobody did, how far it lies behind the time passed."""
        if self.said is not None:
            return Health(self.said.health)
        if self.progress is None:
            return None
        behind = self.expected - self.progress
        return Health.OFF if behind > OFF else Health.AT_RISK if behind > AT_RISK else Health.ON_TRACK

    @property
    def tone(self) -> str:
        return {Health.ON_TRACK: "ok", Health.AT_RISK: "warn", Health.OFF: "bad"}.get(self.health, "t3")


def mean_progress(shares: Iterable[float | None]) -> float | None:
    """The mean of the known shares, each kept within 0..1; None where none is known."""
    known = [min(1.0, max(0.0, share)) for share in shares if share is not None]
    return sum(known) / len(known) if known else None


def objective_lines(
    rows: QuerySet, user: User, today: date, now: dict[str, Any] | None = None, before: dict[str, Any] | None = None
) -> list[ObjectiveLine]:
    """The objectives in the order given, in three statements. `now` and `before` are figures of the tile `objectives`: with `now`
    the values are those it was kept with, without it the stored ones."""
    objectives = list(rows.select_related("owner", "product", "line"))
    results = defaultdict(list)
    for result in KeyResult.objects.visible_to(user).filter(objective__in=objectives).order_by("position", "pk"):
        results[result.objective_id].append(result)
    said = latest_status(user, Objective, [objective.pk for objective in objectives])
    lines = []
    for objective in objectives:
        key, expected = str(objective.pk), share_passed(objective.starts_on, objective.ends_on, today)
        kept = None if now is None else now.get(key, {})
        found = [_result_line(result, kept, expected) for result in results[objective.pk]]
        earlier = mean_progress(progress for _, progress in before[key].values()) if before and key in before else None
        line = ObjectiveLine(objective, found, expected, None, said.get(objective.pk))
        if earlier is not None and line.progress is not None:
            line = ObjectiveLine(objective, found, expected, 100 * (line.progress - earlier), line.said)
        lines.append(line)
    return lines


def _result_line(result: KeyResult, kept: dict[str, Any] | None, expected: float) -> ResultLine:
    if kept is None:
        return ResultLine(result, result.current, result.progress, expected)
    current, progress = kept.get(str(result.pk), (None, None))
    return ResultLine(result, None if current is None else Decimal(current), progress, expected)


def latest_status(user: User, model: type, ids: Collection[int]) -> dict[int, StatusUpdate]:
    """The last word on each of these rows, by id."""
    rows = StatusUpdate.objects.visible_to(user).filter(subject_type=label_of(model), subject_id__in=ids)
    newest = rows.order_by().values("subject_id").annotate(last=Max("pk")).values("last")
    return {row.subject_id: row for row in rows.filter(pk__in=newest).select_related("author")}


def check_ins_of(user: User, objective: Objective) -> list[CheckIn]:
    """What was said of its key results, newest first."""
    rows = CheckIn.objects.visible_to(user).filter(key_result__objective=objective, key_result__deleted_at=None)
    return list(rows.select_related("key_result", "author").order_by("-day", "-pk")[:30])


# --- products and their lines ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProductLook:
    """A product as its page shows it."""

    product: Product
    strategy: Strategy | None
    personas: list[Persona]
    members: list[Membership]
    places: list[ProductLineMembership]
    said: StatusUpdate | None


def look_at_product(product: Product, user: User) -> ProductLook:
    """What a product is for, whom it serves, who works on it and where it stands, in five statements."""
    rank = {Membership.Level.OWNER: 0, Membership.Level.EDITOR: 1, Membership.Level.VIEWER: 2}
    members = Membership.objects.visible_to(user).filter(product=product).select_related("user")
    places = ProductLineMembership.objects.visible_to(user).filter(product=product).select_related("line")
    return ProductLook(
        product=product,
        strategy=Strategy.objects.visible_to(user).filter(product=product).first(),
        personas=list(Persona.objects.visible_to(user).filter(product=product).order_by("pk")),
        members=sorted(members, key=lambda member: (rank[member.level], member.user.name)),
        places=list(places.order_by("-is_home", "pk")),
        said=latest_status(user, Product, [product.pk]).get(product.pk),
    )


@dataclass
class LineLook:
    """A line with the lines inside it, the products in sight that stand in it, and how many stand in it or in one inside, each once."""

    line: ProductLine | None
    inside: list["LineLook"]
    places: list[ProductLineMembership]

    @property
    def product_ids(self) -> set[int]:
        """The union: a product that stands in two of its lines counts once."""
        return {place.product_id for place in self.places}.union(*(look.product_ids for look in self.inside))


def look_at_lines(user: User) -> tuple[list[LineLook], list[Product]]:
    """The lines as a tree with their products in sight, and the products in sight that stand in no line."""
    lines = ProductLine.objects.visible_to(user).select_related("leader").order_by("name", "pk")
    looks = {line.pk: LineLook(line, [], []) for line in lines}
    places = ProductLineMembership.objects.visible_to(user).filter(product__archived_at=None).select_related("product__owner")
    for place in places.order_by("product__name", "pk"):
        if place.line_id in looks:
            looks[place.line_id].places.append(place)
    top = []
    for look in looks.values():
        above = looks.get(look.line.parent_id)
        (above.inside if above else top).append(look)
    placed = {place.product_id for look in looks.values() for place in look.places}
    rest = Product.objects.visible_to(user).filter(archived_at=None).exclude(pk__in=placed).select_related("owner")
    return top, list(rest.order_by("name"))


def products_of_line(user: User, line: ProductLine) -> frozenset[int]:
    """The products in sight that stand in the line or in one inside it."""
    lines = ProductLine.objects.visible_to(user).filter(parent=line).values("pk")
    places = ProductLineMembership.objects.visible_to(user)
    return frozenset(places.filter(Q(line=line) | Q(line__in=lines)).values_list("product_id", flat=True))


# --- teams, segments, money -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamLine:
    """A team with its person-weeks in each of some quarters, None where nobody said."""

    team: Team
    capacities: list[TeamCapacity | None]


def team_lines(user: User, quarters: list[Period]) -> list[TeamLine]:
    """Every team with its capacity in these quarters, in two statements."""
    rows = TeamCapacity.objects.visible_to(user).filter(quarter__in=[quarter.starts_on for quarter in quarters])
    known = {(row.team_id, row.quarter): row for row in rows}
    teams = Team.objects.visible_to(user).select_related("lead")
    return [TeamLine(team, [known.get((team.pk, quarter.starts_on)) for quarter in quarters]) for team in teams]


def quarters_around(today: date, before: int = 1, after: int = 3) -> list[Period]:
    """The quarter of today with some before and after it."""
    first = quarter_of(today)
    for _ in range(before):
        first = first.previous()
    found = [first]
    while len(found) <= before + after:
        found.append(found[-1].next())
    return found


@dataclass(frozen=True)
class SegmentLine:
    """A segment with its customers and their revenue; the revenue is None for who may not see it."""

    segment: Segment
    accounts: int
    customers: int
    revenue: Decimal | None


def segment_lines(user: User) -> list[SegmentLine]:
    """Every segment with what it is worth, in two statements."""
    counts: dict[int, dict[str, Any]] = defaultdict(lambda: {"accounts": 0, "customers": 0, "revenue": Decimal(0)})
    rows = Account.objects.visible_to(user).exclude(segment=None).order_by().values("segment", "state")
    for row in rows.annotate(n=Count("pk"), revenue=Sum("annual_revenue")):
        found = counts[row["segment"]]
        found["accounts"] += row["n"]
        if row["state"] == Account.State.CUSTOMER:
            found["customers"] += row["n"]
            found["revenue"] += row["revenue"] or 0
    sees = user.rights.sees("revenue")
    lines = []
    for segment in Segment.objects.visible_to(user).select_related("owner"):
        found = counts[segment.pk]
        lines.append(SegmentLine(segment, found["accounts"], found["customers"], found["revenue"] if sees else None))
    return lines


@dataclass(frozen=True)
class Share:
    """Where effort of one kind should go: the target and the ceiling, as shares 0..1."""

    kind: InvestmentKind
    target: Decimal | None
    ceiling: Decimal | None


def shares_of(user: User, day: date, product: Product | None) -> list[Share]:
    """The targets of the day: the product's own or, where it has none, the organisation's; of overlapping periods the shortest."""
    rows = Allocation.objects.visible_to(user).filter(dimension=Allocation.Kind.KIND, starts_on__lte=day, ends_on__gte=day)
    rows = sorted(rows, key=lambda row: (row.ends_on - row.starts_on, -row.pk))
    own = [row for row in rows if product is not None and row.product_id == product.pk]
    chosen = own or [row for row in rows if row.product_id is None]
    found: dict[tuple[str, bool], Decimal] = {}
    for row in chosen:
        found.setdefault((row.value, row.is_ceiling), row.share)
    return [Share(kind, found.get((kind, False)), found.get((kind, True))) for kind in InvestmentKind]
