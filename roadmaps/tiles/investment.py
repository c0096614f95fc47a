"""Where effort goes against where it should."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.derivation import Input
from core.models import Organisation
from portfolio.dashboard import Figures, Look, Rows, Tile, register_tile
from portfolio.models import Account, InvestmentKind
from portfolio.periods import Period, quarter_of, weeks_within
from portfolio.reports import Share, shares_of
from roadmaps.models import Feature
from roadmaps.models.plan import COMMITTED, Status
from roadmaps.tiles.rows import FACTS, SHOWN, TEMPLATE, in_sight, living

PLANNED, ACTUAL = "plan", "actual"
KIND_ORDER = [*(kind for kind in InvestmentKind if kind != InvestmentKind.DEAL), InvestmentKind.DEAL]
MOST_OF_DEALS = 0.5  # no account above half of what is done for deals
SCALE = 50  # per cent at the right end of a bar


def in_quarter(rows: QuerySet, quarter: Period) -> QuerySet:
    """Features planned, being built or shipped whose days touch the quarter."""
    began = Q(start_date__lte=quarter.ends_on) | Q(start_date=None, target_date__lte=quarter.ends_on)
    return rows.filter(began, status__in=[*COMMITTED, Status.SHIPPED], target_date__gte=quarter.starts_on).exclude(effort_likely=None)


def investment_figures(products: Collection[int]) -> dict[int, Figures]:
    """Person-weeks of the present quarter, each feature's spread evenly over its days: {product: {"quarter": its first day,
    "plan": {kind: weeks}, "actual": the same of what is being built or shipped, until today, "deals": {account: actual weeks}}}."""
    today = Organisation.today()
    quarter = quarter_of(today)
    found: dict[int, Figures] = {
        pk: {"quarter": quarter.starts_on.isoformat(), PLANNED: defaultdict(float), ACTUAL: defaultdict(float), "deals": defaultdict(float)}
        for pk in products
    }
    rows = in_quarter(living(products), quarter).order_by("pk")
    for product, kind, status, account, effort, start, target in rows.values_list(
        "product_id", "kind", "status", "deal_account_id", "effort_likely", "start_date", "target_date"
    ):
        figures = found[product]
        figures[PLANNED][kind] += weeks_within(float(effort), start, target, quarter.starts_on, quarter.ends_on)
        if status == Status.PLANNED:
            continue
        done = weeks_within(float(effort), start, target, quarter.starts_on, min(today, quarter.ends_on))
        figures[ACTUAL][kind] += done
        if kind == InvestmentKind.DEAL and account is not None:
            figures["deals"][str(account)] += done
    for figures in found.values():
        for name in (PLANNED, ACTUAL, "deals"):
            figures[name] = {key: round(weeks, 4) for key, weeks in figures[name].items()}
    return found


def merge_investment(parts: list[Figures]) -> Figures:
    """Sums over products, of the newest quarter among them."""
    newest = max((part["quarter"] for part in parts if "quarter" in part), default=None)
    merged: Figures = {"quarter": newest, PLANNED: Counter(), ACTUAL: Counter(), "deals": Counter()}
    for part in parts:
        if part.get("quarter") == newest and newest is not None:
            for name in (PLANNED, ACTUAL, "deals"):
                merged[name].update(part[name])
    return {name: dict(value) if isinstance(value, Counter) else value for name, value in merged.items()}


@dataclass(frozen=True)
class KindLine:
    """Shares of one kind in per cent, and the lengths of its bar."""

    share: Share
    plan: float
    actual: float
    was: float | None

    @property
    def target(self) -> float | None:
        return None if self.share.target is None else float(100 * self.share.target)

    @property
    def ceiling(self) -> float | None:
        return None if self.share.ceiling is None else float(100 * self.share.ceiling)

    @property
    def over(self) -> float:
        """Points above the ceiling."""
        return max(0.0, self.actual - self.ceiling) if self.ceiling is not None else 0.0

    @property
    def bar(self) -> dict[str, float]:
        """Lengths in a bar of 200 units; the part above the ceiling is drawn apart."""
        ends = {"plan": self.plan, "actual": self.actual, "target": self.target, "ceiling": self.ceiling}
        return {name: round(200 * min(value, SCALE) / SCALE, 1) for name, value in ends.items() if value is not None}

    @property
    def over_width(self) -> float:
        return max(0.0, round(self.bar["actual"] - self.bar["ceiling"], 1)) if self.over else 0.0


def show_investment(now: Figures, before: Figures | None, look: Look) -> dict[str, Any]:
    """Shares by kind against their targets; who holds most of what is done for deals, where the person may know."""
    shares = {share.kind: share for share in shares_of(look.user, look.today, look.scope)}
    plan, actual = sum(now[PLANNED].values()), sum(now[ACTUAL].values())
    was = sum(before[ACTUAL].values()) if before else 0
    lines = [
        KindLine(
            shares[kind],
            plan=100 * now[PLANNED].get(kind, 0) / plan if plan else 0.0,
            actual=100 * now[ACTUAL].get(kind, 0) / actual if actual else 0.0,
            was=100 * before[ACTUAL].get(kind, 0) / was if was else None,
        )
        for kind in KIND_ORDER
    ]
    deals = now[ACTUAL].get(InvestmentKind.DEAL, 0)
    holder, held = max(now["deals"].items(), key=lambda item: item[1], default=(None, 0))
    too_much = deals and held / deals > MOST_OF_DEALS and len(now["deals"]) > 1
    account = Account.objects.visible_to(look.user).filter(pk=holder).first() if too_much else None
    return {
        "lines": lines,
        "plan": plan,
        "has_targets": any(line.target is not None for line in lines),
        "over": [line for line in lines if line.over >= 0.5],
        "holder": account,
        "held": round(100 * held / deals) if account else 0,
        "quarter": look.quarter,
    }


def rows_of_investment(look: Look, part: str) -> Rows | None:
    """The features of one kind whose days touch the quarter."""
    if part not in InvestmentKind.values:
        return None
    rows = in_quarter(in_sight(look), look.quarter).filter(kind=part).order_by("target_date", "pk")
    label = InvestmentKind(part).label
    sentence = f"Planned, being built or shipped in {look.quarter}; person-weeks are spread evenly over a feature’s days."
    return Rows(f"{label} in {look.quarter}", sentence, TEMPLATE, list(rows[:SHOWN]))


register_tile(
    Tile(
        kind="investment",
        title="Investment",
        order=20,
        width="w4",
        template="roadmaps/tiles/investment.html",
        inputs=(Input(Feature, (*FACTS, "kind", "deal_account", "effort_likely", "start_date", "target_date"), "product_id"),),
        figures=investment_figures,
        merge=merge_investment,
        shown=show_investment,
        rows=rows_of_investment,
    )
)
