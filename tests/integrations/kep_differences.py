"""What differs between two days in a backlog of enhancement records, reckoned from the files alone: it imports nothing of Waymark.

    python kep_differences.py FOLDER 2020-01-01 2022-01-01

prints a line per difference, parted by tabs: `added`, path; or `re-scoped`, path, stage before, stage after. A record is there from the
first day known of it: its creation, or the release a milestone names. A milestone counts from the day its release came out.
"""

import csv
import sys
from datetime import date
from pathlib import Path

STAGES = ("alpha", "beta", "stable")  # in their order; before the first one a record is "new"


def day_of(text: str) -> date | None:
    """2020-01-31 or 2020-1-31 as a day; None for anything else."""
    parts = text.strip().split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    return date(*(int(part) for part in parts))


def releases(folder: Path) -> dict[str, date]:
    """{version: the day it came out}."""
    with open(folder / "product-releases" / "releases.csv", encoding="utf-8", newline="") as file:
        days = {row["releaseCycle"]: day_of(row["releaseDate"]) for row in csv.DictReader(file) if row["product"] == "kubernetes"}
    return {version: day for version, day in days.items() if day is not None}


def history(record: dict[str, str], days: dict[str, date]) -> list[tuple[date, int]]:
    """[(day, place of the stage entered on it, -1 for being made)], earliest first."""
    known = [(days.get(record[stage].strip().removeprefix("v")), place) for place, stage in enumerate(STAGES)]
    known.append((day_of(record["created"]), -1))
    return sorted((day, place) for day, place in known if day is not None)


def stage_on(day: date, past: list[tuple[date, int]]) -> str | None:
    """The stage of that day's evening; None where the record was not there yet."""
    so_far = [(when, place) for when, place in past if when <= day]
    if not so_far:
        return None
    latest = max(when for when, _ in so_far)
    place = max(place for when, place in so_far if when == latest)
    entered = [place] if place >= 0 else [other for when, other in so_far if other >= 0][-1:]
    return STAGES[entered[0]] if entered else "new"


def differences(folder: Path, first: date, second: date) -> list[tuple[str, ...]]:
    """The lines, sorted."""
    with open(folder / "keps" / "keps.csv", encoding="utf-8", newline="") as file:
        records = [record for record in csv.DictReader(file) if record["title"].strip()]
    days, found = releases(folder), []
    for record in records:
        past = history(record, days)
        was, now = stage_on(first, past), stage_on(second, past)
        if was is None and now is not None:
            found.append(("added", record["path"]))
        elif was != now:
            found.append(("re-scoped", record["path"], str(was), str(now)))
    return sorted(found)


if __name__ == "__main__":
    for line in differences(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3])):
        print(*line, sep="\t")
