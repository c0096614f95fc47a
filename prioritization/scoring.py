"""Scores as one set-based statement: what every criterion says of a feature, put into the model's formula.

A criterion's say is its value brought to 0..1 (0 worst, 1 best) as a triple low, likely, high. A blank is not zero: it says 0, ½, 1,
so that the score becomes a range. Criteria rated by people read the consensus; computed ones read the feature's own columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from core import clock
from core.sql import is_sqlite, run_returning_ids
from prioritization.formula import RAW, Column, Formula, parse, value_over_effort, weighted_sum
from prioritization.models import Criterion, ScoringModel

# Columns of a feature that computed criteria read: (low, likely, high); NULL is a blank.
SOURCES = {
    Criterion.Source.DEMAND: ("f.demand_people", "f.demand_people", "f.demand_people"),
    Criterion.Source.REVENUE: ("f.demand_revenue", "f.demand_revenue", "f.demand_revenue"),
    Criterion.Source.EFFORT: ("COALESCE(f.effort_low, f.effort_likely)", "f.effort_likely", "COALESCE(f.effort_high, f.effort_likely)"),
}
# The strongest link to an objective still running, weighted by the objective: 3 is a strong link to one of weight 1.
ALIGNMENT = (
    "SELECT l.feature_id, SUM(l.strength * o.weight) AS value FROM roadmaps_featureobjective l "
    "JOIN portfolio_objective o ON o.id = l.objective_id "
    "WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL GROUP BY l.feature_id"
)
# A yes counts as one, a no as nothing.
OF_FIELDS = {"number": "{0}.number", "flag": "CASE WHEN {0}.flag THEN 1 WHEN NOT {0}.flag THEN 0 END"}
BLANK = ("0.0", "0.5", "1.0")
LARGEST = 1e16


@dataclass(frozen=True)
class Say:
    """What one criterion says of a feature `f`, as SQL."""

    join: str
    column: Column
    raw: Column
    is_present: str


def say_of(criterion: Criterion, span: tuple[int, int] | None = None) -> Say:
    """The SQL of one criterion; every number in it is one of the criterion's own columns, none is a person's text.

    `span` are the first and the last id of the features in question: PostgreSQL reads that stretch of the consensus instead of all.
    """
    alias, join = f"c{int(criterion.pk)}", ""
    if criterion.kind == Criterion.Kind.RATED:
        join = f"LEFT JOIN prioritization_consensus {alias} ON {alias}.feature_id = f.id AND {alias}.criterion_id = {int(criterion.pk)}"
        join += f" AND {alias}.feature_id BETWEEN {int(span[0])} AND {int(span[1])}" if span else ""
        raw = (f"{alias}.value",) * 3
    elif criterion.source == Criterion.Source.ALIGNMENT:
        join = f"LEFT JOIN ({ALIGNMENT}) {alias} ON {alias}.feature_id = f.id"
        raw = (f"COALESCE({alias}.value, 0)",) * 3
    elif criterion.source == Criterion.Source.FIELD:
        join = f"LEFT JOIN core_customvalue {alias} ON {alias}.subject_id = f.id AND {alias}.field_id = {int(criterion.custom_field_id)}"
        join += f" AND {alias}.deleted_at IS NULL"
        raw = (OF_FIELDS[criterion.custom_field.column].format(alias),) * 3
    else:
        raw = SOURCES[criterion.source]
    bottom, width = float(criterion.scale_min), float(criterion.scale_max - criterion.scale_min)
    parts = [f"((CAST({column} AS double precision) - {bottom!r}) / {width!r})" for column in raw]
    if criterion.kind == Criterion.Kind.COMPUTED:
        parts = [f"(CASE WHEN {part} < 0.0 THEN 0.0 WHEN {part} > 1.0 THEN 1.0 ELSE {part} END)" for part in parts]
    if criterion.direction == Criterion.Direction.DOWN:
        parts = [f"(1.0 - {part})" for part in reversed(parts)]
    column = Column(*(f"COALESCE({part}, {blank})" for part, blank in zip(parts, BLANK, strict=True)), 0.0, 1.0)
    ends = (bottom, bottom + width / 2, bottom + width)
    filled = (f"COALESCE(CAST({part} AS double precision), {end!r})" for part, end in zip(raw, ends, strict=True))
    # Ratings are kept inside their scale by the service; what is computed is never negative, however large, but in fields of your own.
    least = -LARGEST if criterion.source == Criterion.Source.FIELD else min(0.0, bottom)
    bounds = (ends[0], ends[2]) if criterion.kind == Criterion.Kind.RATED else (least, LARGEST)
    own = Column(*filled, *bounds)
    return Say(join, column, own, f"(CASE WHEN {raw[1]} IS NULL THEN 0 ELSE 1 END)")


def formula_of(
    model: ScoringModel, criteria: Sequence[Criterion], method: str | None = None, weights: Mapping[str, Decimal] | None = None
) -> Formula:
    """What the model's method makes of its criteria; `method` and `weights` (by criterion key) may stand in for the model's own."""
    method = method or model.method
    if method == ScoringModel.Method.FORMULA:
        return parse(model.formula)
    shares = {c.key: float(weights[c.key] if weights else c.weight) for c in criteria}
    if method == ScoringModel.Method.WEIGHTED_SUM:
        return weighted_sum(shares)
    effort = effort_of(criteria)
    return value_over_effort({key: share for key, share in shares.items() if key != effort}, effort)


def effort_of(criteria: Iterable[Criterion]) -> str:
    """The key of the first criterion that is computed from effort, empty where there is none."""
    return next((c.key for c in criteria if c.source == Criterion.Source.EFFORT), "")


def select_scores(model: ScoringModel, criteria: Sequence[Criterion], condition: str, span: tuple[int, int] | None = None) -> str:
    """The SELECT of (id, low, likely, high, complete) of the features `f` under a condition, rounded as stored; `old` is the score, and
    `was` the stamp, that is stored. `span` may say between which ids they lie."""
    says = {criterion.key: say_of(criterion, span) for criterion in criteria}
    columns = {key: say.column for key, say in says.items()} | {key + RAW: say.raw for key, say in says.items()}
    low, likely, high = formula_of(model, criteria).sql(columns)[:3]
    complete = " + ".join(say.is_present for say in says.values())
    joins = " ".join(say.join for say in says.values())
    return (
        f"SELECT f.id AS id, f.score AS old, f.score_version AS was, {low} AS low, {likely} AS likely, {high} AS high, "
        f"ROUND(({complete}) * 1.0 / {len(says)}, 3) AS complete "
        f"FROM roadmaps_feature f {joins} WHERE {condition}"
    )


def bring_up_to_date(model: ScoringModel, scores: str, params: list) -> list[int]:
    """Store these scores and keep which moved; answers the ids of the features whose score, range or completeness changed.

    Rows last scored by this very edition can only move because an input of their own changed: those moves are kept.
    """
    stamp = int(model.stamp)
    keep = (
        f"INSERT INTO prioritization_scorechange (feature_id, at, old, new, version) "
        f"SELECT s.id, %s, s.old, s.likely, {stamp} FROM s WHERE s.was = {stamp} AND s.old IS DISTINCT FROM s.likely"
    )
    moment = connection.ops.adapt_datetimefield_value(clock.now())
    if not is_sqlite():
        return run_returning_ids(f"WITH s AS ({scores}), kept AS ({keep}) {store(model)}", [*params, moment])
    with connection.cursor() as cursor:
        cursor.execute(f"WITH s AS ({scores}) {keep}", [*params, moment])
    return run_returning_ids(f"WITH s AS ({scores}) {store(model)}", params)


def store(model: ScoringModel) -> str:
    """The UPDATE by the scores `s`, of those whose score, range or completeness differs from what is stored."""
    stamp = int(model.stamp)
    return (
        f"UPDATE roadmaps_feature SET score_low = s.low, score = s.likely, score_high = s.high, score_completeness = s.complete, "
        f"score_version = {stamp}, score_rev = score_in FROM s "
        f"WHERE roadmaps_feature.id = s.id AND (roadmaps_feature.score IS DISTINCT FROM s.likely "
        f"OR roadmaps_feature.score_low IS DISTINCT FROM s.low OR roadmaps_feature.score_high IS DISTINCT FROM s.high "
        f"OR roadmaps_feature.score_completeness IS DISTINCT FROM s.complete OR roadmaps_feature.score_version <> {stamp}) "
        f"RETURNING roadmaps_feature.id"
    )
