"""Both set-ups people run: one machine with SQLite and a folder for a queue, a team's with PostgreSQL and Redis."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.installation import Installation, installation
from tests.services import Postgres, Redis, postgres, redis


@dataclass
class SetUp:
    """A running installation and the servers under it."""

    installation: Installation
    database: Postgres | None = None
    queue: Redis | None = None
    facts: dict[str, Any] = field(default_factory=dict)  # what `seed` printed

    @property
    def is_sqlite(self) -> bool:
        return self.database is None

    @property
    def port(self) -> int:
        return self.installation.port

    def query(self, statement: str) -> list[tuple]:
        """Rows straight from the database."""
        if self.database is None:
            with closing(sqlite3.connect(f"file:{self.sqlite_file}?mode=ro", uri=True, timeout=20)) as connection:
                return connection.execute(statement).fetchall()
        with closing(psycopg2.connect(self.database.url)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    @property
    def sqlite_file(self) -> Path:
        return self.installation.folder / "waymark.sqlite3"

    def seed(self, *, features: int, people: int) -> None:
        """People, a product, a scoring model, rated features."""
        printed = self.installation.python(f"from tests.drills.seed import seed; seed({features}, {people})")
        self.facts = json.loads(printed.splitlines()[-1])

    def weigh(self, reach: int) -> None:
        """Another weight of one criterion: every score is due."""
        self.installation.python(f"from tests.drills.seed import weigh; weigh({reach})")

    def due(self) -> int:
        """How many derived values are waiting to be computed."""
        marks, rows, editions = self.query(
            "SELECT (SELECT COUNT(*) FROM core_stale), (SELECT COUNT(*) FROM roadmaps_feature WHERE score_rev < score_in), "
            "(SELECT COUNT(*) FROM prioritization_scoringmodel WHERE settled_edition <> edition)"
        )[0]
        return marks + rows + editions


@pytest.fixture(params=["SQLite", "PostgreSQL and Redis"])
def setup(request, tmp_path) -> Iterator[SetUp]:
    """A prepared, empty installation of each kind; nothing runs yet."""
    with ExitStack() as stack:
        if request.param == "SQLite":
            yield SetUp(stack.enter_context(installation(tmp_path)))
            return
        # fsync, because writing times are measured.
        database, queue = stack.enter_context(postgres(fsync=True)), stack.enter_context(redis())
        found = stack.enter_context(installation(tmp_path, database_url=database.url, redis_url=queue.url))
        yield SetUp(found, database, queue)
