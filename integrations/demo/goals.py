"""Objectives with their check-ins, and metrics with two years of points."""

from datetime import date, timedelta
from math import cos, pi
from random import Random

from integrations.demo.records import Act, Change, CheckIn, KeyResult, Metric, MetricPoint, Objective
from integrations.demo.sources import Calendar, email, quarter_start, toml

CHECK_IN_STEP, LAST_CHECK_IN = 20, -5
NOTES = (
    "As planned.", "Slower than hoped, the reason is known.", "A good month.", "Two large customers made the difference.",
    "Flat, holidays.", "Counted again after a correction.", "The pilot shows.", "We look at it again in the review.",
)  # fmt: skip


def objectives(calendar: Calendar, rng: Random) -> tuple[Objective, ...]:
    """Every objective runs from the quarter of its first check-in to the end of the next one from today."""
    return tuple(objective(row, calendar, rng) for row in toml("objectives")["objective"])


def objective(row: dict, calendar: Calendar, rng: Random) -> Objective:
    owner = email(row["owner"])
    results = tuple(key_result(result, owner, calendar, rng) for result in row["result"])
    return Objective(
        slug=row["slug"],
        title=row["title"],
        line=row.get("line", ""),
        product=row.get("product", ""),
        owner=owner,
        weight=row["weight"],
        status=row["status"],
        period_start=quarter_start(min(result.check_ins[0].at for result in results).date()),
        period_end=calendar.quarter(2) - timedelta(days=1),
        results=results,
    )


def key_result(row: dict, owner: str, calendar: Calendar, rng: Random) -> KeyResult:
    """A result whose check-ins follow its course; confidence is how far it is against how far it should be by then."""
    course = row["course"]
    span = row["target"] - row["start"]
    found = []
    for index, value in enumerate(course):
        offset = LAST_CHECK_IN - CHECK_IN_STEP * (len(course) - 1 - index)
        reached, expected = (value - row["start"]) / span, (index + 1) / (len(course) + 5)
        confidence = max(20, min(95, round((65 + 60 * (reached - expected)) / 5) * 5))
        note = rng.choice(NOTES) if rng.random() < 0.4 else ""
        found.append(CheckIn(calendar.moment(offset, rng), owner, float(value), confidence, note))
    return KeyResult(
        slug=row["slug"],
        title=row["title"],
        unit=row["unit"],
        direction="up" if span > 0 else "down",
        start=float(row["start"]),
        target=float(row["target"]),
        current=float(course[-1]),
        metric=row.get("metric", ""),
        check_ins=tuple(found),
    )


def check_in_acts(goals: tuple[Objective, ...]) -> list[Act]:
    found = []
    for objective in goals:
        for result in objective.results:
            before = (None, None)
            for check_in in result.check_ins:
                changes = (Change("current", before[0], check_in.value), Change("confidence", before[1], check_in.confidence))
                found.append(Act(check_in.at, check_in.by, "check_in", f"{objective.slug}/{result.slug}", changes, check_in.note))
                before = (check_in.value, check_in.confidence)
    return found


def metrics(calendar: Calendar, rng: Random) -> tuple[Metric, ...]:
    return tuple(
        Metric(
            slug=row["slug"],
            name=row["name"],
            definition=row["definition"],
            unit=row["unit"],
            direction=row["direction"],
            owner=email(row["owner"]),
            source=row["source"],
            cadence=row["cadence"],
            product=row.get("product", ""),
            band_low=float(row["band"][0]),
            band_high=float(row["band"][1]),
            points=points(row, calendar, rng),
        )
        for row in toml("metrics")["metric"]
    )


def points(row: dict, calendar: Calendar, rng: Random) -> tuple[MetricPoint, ...]:
    """Two years, oldest first: a trend (straight, or bent by `bend`), the season, what happened, and noise in all but the last point."""
    days = point_days(row["cadence"], calendar)
    places = 0 if abs(row["last"]) >= 1000 else 2 if abs(row["last"]) < 5 or row["last"] > 99 else 1
    last_season = season(row, days[-1])
    found = []
    for index, day in enumerate(days):
        along = index / (len(days) - 1)
        trend = row["first"] + (row["last"] - row["first"]) * along ** row.get("bend", 1)
        noise = rng.gauss(0, row["noise"]) if index < len(days) - 1 else 0
        value = trend * (1 + season(row, day) - last_season * along) + noise
        weeks_ago = (days[-1] - day).days // 7
        events = [event for event in row.get("events", ()) if event["weeks_ago"] - event["weeks"] < weeks_ago <= event["weeks_ago"]]
        value += sum(event["add"] for event in events)
        note = next((event["note"] for event in events if weeks_ago == event["weeks_ago"]), "")
        ceiling = 100.0 if row["unit"] == "%" and row["last"] < 100 else float("inf")
        found.append(MetricPoint(day, round(min(ceiling, max(0.0, value)), places), note))
    return tuple(found)


def point_days(cadence: str, calendar: Calendar) -> list[date]:
    """104 Mondays or 24 firsts of the month, the last one before today."""
    if cadence == "weekly":
        yesterday = calendar.day(-1)
        monday = yesterday - timedelta(days=yesterday.weekday())
        return [monday - timedelta(weeks=weeks) for weeks in range(103, -1, -1)]
    yesterday = calendar.day(-1)
    months = yesterday.year * 12 + yesterday.month - 1
    return [date(index // 12, index % 12 + 1, 1) for index in range(months - 23, months + 1)]


def season(row: dict, day: date) -> float:
    """The share by which the season lifts the value on a day; the top is in the week `peak` of the year."""
    if "swing" not in row:
        return 0.0
    return row["swing"] * cos(2 * pi * (day.timetuple().tm_yday / 7 - row["peak"]) / 52.2)
