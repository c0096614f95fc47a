"""What waits for what: circles and broken dates, on plain ids and days."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

Edge = tuple[int, int]  # predecessor, successor


class Dates(NamedTuple):
    """When a feature starts and ends; None where nobody has said."""

    start: date | None
    end: date | None


def find_circle(edges: Iterable[Edge], new: Edge) -> list[int] | None:
    """The circle `new` would close, as the ids along it from its predecessor back to it; None where it closes none."""
    first, second = new
    if first == second:
        return [first, first]
    following: dict[int, list[int]] = defaultdict(list)
    for predecessor, successor in edges:
        following[predecessor].append(successor)
    came_from, waiting = {second: first}, [second]
    while waiting:
        here = waiting.pop()
        for successor in following.get(here, ()):
            if successor == first:
                return _path_back(came_from, here, first)
            if successor not in came_from:
                came_from[successor] = here
                waiting.append(successor)
    return None


def _path_back(came_from: dict[int, int], last: int, first: int) -> list[int]:
    path, here = [first, last], last
    while (here := came_from[here]) != first:
        path.append(here)
    return [*path, first][::-1]


def needed_on(kind: str, predecessor: Dates, successor: Dates, needed_by: date | None = None) -> tuple[date | None, date | None]:
    """(the day the predecessor gives, the day the successor needs it). An agreed day stands before the dates of the successor.

    FS: ends before the other starts; SS: starts before it starts; FF: ends before it ends; anything else has no such days.
    """
    gives = {"FS": predecessor.end, "SS": predecessor.start, "FF": predecessor.end}.get(kind)
    needs = {"FS": successor.start, "SS": successor.start, "FF": successor.end}.get(kind)
    return gives, (needed_by or needs) if kind in ("FS", "SS", "FF") else None


def broken(kind: str, predecessor: Dates, successor: Dates, needed_by: date | None = None) -> int | None:
    """By how many days the dependency is broken: 0 where it holds, None where a date is missing or nothing is promised."""
    gives, needs = needed_on(kind, predecessor, successor, needed_by)
    if gives is None or needs is None:
        return None
    return max(0, (gives - needs).days)
