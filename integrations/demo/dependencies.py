"""What must come before what, and the dates that follow from it."""

from random import Random

from integrations.demo.features import Plan
from integrations.demo.records import Dependency, Feature
from integrations.demo.sources import Calendar, rows


def settle_dates(plans: dict[str, Plan]) -> None:
    """Move the start and target of plans so that what they wait for comes first; plans of the pictures keep theirs.

    One dependency stays broken, as the pictures show it: the connector ends after the split by entity needs it.
    """
    table = rows("dependencies")
    for _ in range(4):  # no chain is longer
        for row in table:
            before, after = plans[row["before"]], plans[row["after"]]
            wait = days_late(before, after, row["type"])
            if wait > 0 and not after.mockup and after.is_open:
                after.start += wait
                after.target += wait
                after.release = ""


def days_late(before: Plan, after: Plan, kind: str) -> int:
    """By how many days the second comes too early; 0 where it does not or where a date is missing."""
    if before.target is None or before.start is None or after.target is None or after.start is None:
        return 0
    gap = {
        "FS": before.target + 1 - after.start,
        "SS": before.start - after.start,
        "FF": before.target - after.target,
        "relates": 0,
        "replaces": 0,
    }
    return max(0, gap[kind])


def dependencies(known: dict[str, Feature], calendar: Calendar, rng: Random) -> tuple[Dependency, ...]:
    """The agreed sequence; each was drawn some days after the younger of its two features was made."""
    found = []
    for row in rows("dependencies"):
        youngest = max(known[row["before"]].created_at, known[row["after"]].created_at)
        drawn = calendar.moment((youngest - calendar.end).days + rng.uniform(4, 40), rng)
        found.append(
            Dependency(
                before=row["before"],
                after=row["after"],
                type=row["type"],
                agreement=row["agreement"],
                needed_by=calendar.day(int(row["needed"])) if row["agreement"] else None,
                note=row["note"],
                why=row["why"],
                created_at=max(youngest, drawn),
            )
        )
    return tuple(found)
