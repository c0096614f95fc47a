"""How figures are taken: subject and floor in turns, so that what disturbs one disturbs the other; medians."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROUNDS, TIMES = 25, 15
WHOLE = "expand=initiative,owner,product,release"  # asks for a feature with all that its page says of it


@dataclass(frozen=True)
class Figure:
    """One line of the result. `value` and `floor` are in `unit`; without a floor the goal is in it too."""

    name: str
    goal: float
    value: float
    floor: float | None = None
    unit: str = "ms"
    sql: int | None = None
    engine: str = "postgresql"
    higher_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        return None if not self.floor else round(self.value / self.floor, 3)

    @property
    def is_met(self) -> bool:
        reached = self.value if self.ratio is None else self.ratio
        return reached >= self.goal if self.higher_is_better else reached <= self.goal

    def line(self) -> str:
        known: dict[str, Any] = {"name": self.name, "ratio": self.ratio, "goal": self.goal, "met": self.is_met}
        known |= {"value": round(self.value, 3), "floor": self.floor and round(self.floor, 3), "unit": self.unit}
        return json.dumps(known | {"sql": self.sql, "engine": self.engine})


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def medians(*works: Callable[[], Any], rounds: int = ROUNDS, times: int = TIMES) -> list[float]:
    """The median of each work's times in milliseconds, over rounds in which they take turns; the first round warms up."""
    found: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for place, work in enumerate(works):
            taken = [seconds(work) * 1000 for _ in range(times)]
            if turn:
                found[place] += taken
    return [statistics.median(taken) for taken in found]


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
