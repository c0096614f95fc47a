"""What a move of one feature pushes along its dependencies, on plain ids and days."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from graphlib import TopologicalSorter
from typing import NamedTuple

from roadmaps.dependencies import Dates, broken


class Link(NamedTuple):
    """`after` waits for `before`: FS, SS or FF."""

    before: int
    after: int
    kind: str


class Push(NamedTuple):
    """`moved`: the new dates of what is pushed; `held`: by how many days what may not be moved would have to give way."""

    moved: dict[int, Dates]
    held: dict[int, int]


def push(links: Iterable[Link], dates: Mapping[int, Dates], wanted: Mapping[int, Dates], fixed: Collection[int] = ()) -> Push:
    """Who waits for what is moved to its `wanted` dates is moved on as a whole, by as much as the move makes a dependency worse.

    What was broken before stays as broken as it was; nothing is pulled back; `fixed` features stay and push nothing. The links are
    free of circles.
    """
    into: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        into[link.after].append(link)
    now, result = {**dates, **wanted}, Push({}, {})
    for here in TopologicalSorter({after: [link.before for link in some] for after, some in into.items()}).static_order():
        if here in wanted or here not in dates:
            continue
        worse = (_late(link, now, dates[here]) - _late(link, dates, dates[here]) for link in into[here] if link.before in dates)
        days = max(worse, default=0)
        if days > 0 and here in fixed:
            result.held[here] = days
        elif days > 0:
            now[here] = result.moved[here] = Dates(_later(dates[here].start, days), _later(dates[here].end, days))
    return result


def downstream(links: Iterable[Link], start: int) -> set[int]:
    """Everything that waits for `start`, at first or at second hand, and itself."""
    following: dict[int, list[int]] = defaultdict(list)
    for link in links:
        following[link.before].append(link.after)
    found, waiting = {start}, [start]
    while waiting:
        fresh = [after for after in following[waiting.pop()] if after not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found


def _late(link: Link, given: Mapping[int, Dates], waiter: Dates) -> int:
    return broken(link.kind, given[link.before], waiter) or 0


def _later(day: date | None, days: int) -> date | None:
    return None if day is None else day + timedelta(days=days)
