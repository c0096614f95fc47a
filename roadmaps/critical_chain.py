"""Which features decide the day on which all are done, and how long the others may slip: on plain days, without a clock.

The critical path method (Kelley & Walker, Critical-Path Planning and Scheduling, 1959) over finish-to-start, start-to-start and
finish-to-finish links (the precedence diagrams of Fondahl 1961). Forward, each task starts as early as its own day and what it waits for
allow. Backward, it finishes as late as what waits for it and the last day allow. The difference is its slack: by so many days it may slip
without moving the last day. People are not counted: tasks that wait for nothing run side by side.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Task(NamedTuple):
    """Work that starts on this day (an ordinal) at the earliest and finishes so many days after it starts."""

    start: int
    days: int


class Link(NamedTuple):
    """`after` waits for `before`. FS: its end before the other's start; SS: start before start; FF: end before end; a day may be shared."""

    before: int
    after: int
    kind: str


class Slot(NamedTuple):
    """When a task starts and finishes at the earliest, and by how many days it may slip."""

    start: int
    finish: int
    slack: int


@dataclass(frozen=True)
class Network:
    """The slots of all tasks, the last day, and the tasks that decide it, first to last, each held up by the one before it."""

    slots: dict[int, Slot]
    end: int
    chain: list[int]


class Circle(ValueError):
    """These tasks wait for each other."""

    def __init__(self, tasks: list[int]):
        super().__init__("The tasks wait for each other.")
        self.tasks = tasks


def earliest(link: Link, tasks: Mapping[int, Task], starts: Mapping[int, int]) -> int:
    """The day before which the link does not let its `after` start."""
    start, days = starts[link.before], tasks[link.before].days
    return {"FS": start + days, "SS": start, "FF": start + days - tasks[link.after].days}[link.kind]


def latest(link: Link, tasks: Mapping[int, Task], starts: Mapping[int, int]) -> int:
    """The day after which the link does not let its `before` start, without moving the latest start of its `after`."""
    start, days = starts[link.after], tasks[link.before].days
    return {"FS": start - days, "SS": start, "FF": start + tasks[link.after].days - days}[link.kind]


def find_chain(tasks: Mapping[int, Task], links: Iterable[Link], goals: Collection[int]) -> Network:
    """The network of these tasks, at least one; the last day is that of `goals`, for which the others are done. Raises `Circle`."""
    into, out = defaultdict(list), defaultdict(list)
    for link in links:
        into[link.after].append(link)
        out[link.before].append(link)
    order = _in_order(tasks, into, out)
    early: dict[int, int] = {}
    for task in order:
        early[task] = max([tasks[task].start, *(earliest(link, tasks, early) for link in into[task])])
    end = max(early[goal] + tasks[goal].days for goal in goals)
    late: dict[int, int] = {}
    for task in reversed(order):
        by_itself = [end - tasks[task].days] if task in goals or not out[task] else []
        late[task] = min([*by_itself, *(latest(link, tasks, late) for link in out[task])])
    slots = {task: Slot(early[task], early[task] + tasks[task].days, late[task] - early[task]) for task in order}
    last = min(goal for goal in goals if slots[goal].finish == end)
    return Network(slots, end, _back(last, tasks, into, early))


def _in_order(tasks: Mapping[int, Task], into: Mapping[int, list[Link]], out: Mapping[int, list[Link]]) -> list[int]:
    """The tasks, each behind all it waits for (Kahn 1962)."""
    waiting = {task: len(into[task]) for task in tasks}
    order = sorted(task for task, count in waiting.items() if not count)
    for task in order:  # grows while it is read
        for link in out[task]:
            waiting[link.after] -= 1
            if not waiting[link.after]:
                order.append(link.after)
    if len(order) < len(tasks):
        raise Circle(sorted(set(tasks) - set(order)))
    return order


def _back(task: int, tasks: Mapping[int, Task], into: Mapping[int, list[Link]], early: Mapping[int, int]) -> list[int]:
    """From the task back to one that only its own day holds up, by links that leave no day between."""
    chain = [task]
    while holding := [link.before for link in into[chain[-1]] if earliest(link, tasks, early) == early[chain[-1]]]:
        chain.append(min(holding))
    return chain[::-1]
