"""The stage: an installation that serves Waymark and the floor, filled by set-based SQL."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.drills.client import Person, Program
from tests.installation import Installation, installation
from tests.services import postgres, redis

SETTINGS = "benchmarks.floor.settings"


@dataclass
class Stage:
    """A running installation on one engine, with a person and a program."""

    engine: str
    installation: Installation
    facts: dict[str, Any] = field(default_factory=dict)

    def person(self) -> Person:
        return Person(self.installation.port, self.facts["emails"][0])

    def program(self) -> Program:
        return Program(self.installation.port, self.facts["tokens"][0])

    def fill(self, features: int) -> None:
        """So many features of one product, scored; as many rows for the floor."""
        self.inside(f"fill({features})")

    def inside(self, call: str, room: str = "inside") -> Any:
        """Run a function of `benchmarks.inside`, or of another room there, in the installation; what it printed as JSON."""
        printed = self.installation.python(f"from benchmarks import inside, {room}; inside.say({room}.{call})")
        return json.loads(printed.splitlines()[-1])


@contextmanager
def stage(engine: str, *, people: int = 2) -> Iterator[Stage]:
    """An empty stage with web and worker stopped; everything is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waymark-bench-")))
        urls = {}
        if engine == "postgresql":
            urls = {"database_url": stack.enter_context(postgres(fsync=True)).url, "redis_url": stack.enter_context(redis()).url}
        place = stack.enter_context(installation(folder, **urls))
        place.environment["DJANGO_SETTINGS_MODULE"] = SETTINGS
        place.manage("migrate", "--run-syncdb", "-v", "0")
        found = Stage(engine, place)
        printed = place.python(f"from tests.drills.seed import seed; seed(50, {people})")
        found.facts = json.loads(printed.splitlines()[-1])
        yield found
