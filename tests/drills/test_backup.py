"""A backup taken while people write is of one moment, comes back row for row on the other engine, and is there whole or not at all."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.db import Error, connection

from core import archive, audit, derivation
from core.backup import MANIFEST
from core.exceptions import RuleBroken
from core.models import User
from core.services import create_token
from tests.drills.client import Program
from tests.drills.racer import start_racer, wait_for
from tests.installation import ROOT, Installation, installation
from tests.services import postgres

pytestmark = pytest.mark.drill
WRITERS = 2  # one at the page, one a program
LONGEST = 2.0  # seconds a writer waited at most
IS_LONG = os.environ.get("WAYMARK_DRILLS") == "long"
SAME = ("tables", "media", "chain", "migrations")  # what the manifests of a backup and of a backup of what came of it share
KILLS, DAMAGES = (20, 200) if IS_LONG else (3, 50)


def test_a_backup_under_writes_comes_back_row_for_row_on_the_other_engine(setup, tmp_path):
    setup.seed(features=100, people=WRITERS)
    setup.installation.start("web", "worker")
    with writers(setup, tmp_path) as ledgers:
        began = time.time()
        setup.installation.manage("backup", str(tmp_path / "backup.zip"))
        ended = time.time()
    setup.installation.stop()
    check_writers(ledgers, began, ended)
    manifest = manifest_of(tmp_path / "backup.zip")
    assert manifest["tables"]["roadmaps.feature"]["rows"] == 100
    with other_engine(setup, tmp_path / "restored") as restored:
        said = restored.manage("restore", str(tmp_path / "backup.zip"))
        for label, table in manifest["tables"].items():
            assert f"{label}: {table['rows']} rows\n" in said
        assert "0 differences" in said
        restored.manage("backup", str(tmp_path / "again.zip"))
        again = manifest_of(tmp_path / "again.zip")
        assert again["engine"] != manifest["engine"]
        assert {name: again[name] for name in SAME} == {name: manifest[name] for name in SAME}
        check_it_works(restored, manifest)
        assert "is not empty" in refusal(restored, tmp_path / "backup.zip")


def test_a_backup_that_is_killed_or_finds_the_disk_full_leaves_nothing_under_its_name(tmp_path):
    with installation(tmp_path / "data") as house:
        brought(house, random.randbytes(500_000))
        folder = tmp_path / "backups"
        folder.mkdir()
        killed = 0
        while killed < KILLS:
            process = backup_process(house, folder)
            while process.poll() is None and not list(folder.glob(".*.unfinished")):
                time.sleep(0.002)
            time.sleep(random.random() * 0.05)
            process.send_signal(signal.SIGKILL)
            code = process.wait()
            assert code in (0, -signal.SIGKILL), "The backup ended by itself."
            if code == -signal.SIGKILL and list(folder.glob(".*.unfinished")):
                killed += 1
                assert list(folder.glob("*.zip")) == []
            for path in folder.iterdir():
                path.unlink()
        full = subprocess.run(
            ["sh", "-c", f"ulimit -f 200; exec {sys.executable} manage.py backup {folder}"],
            cwd=ROOT, env=house.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "CommandError: The backup could not be written: " in full.stderr
        assert list(folder.iterdir()) == []


def test_a_damaged_or_foreign_backup_is_refused_before_anything_is_changed_and_an_older_one_is_migrated(tmp_path):
    with installation(tmp_path / "data") as house:
        whole, content = tmp_path / "backup.zip", b"Title\nPay by link\n"
        file = brought(house, content)
        house.manage("backup", str(whole))
        fresh = replace(house, folder=tmp_path / "fresh", environment=house.environment | {"WAYMARK_DATA": str(tmp_path / "fresh")})
        sealed, damaged = whole.read_bytes(), tmp_path / "damaged.zip"
        for _ in range(DAMAGES):
            place = random.randrange(len(sealed))
            damaged.write_bytes(sealed[:place] + bytes([sealed[place] ^ 1 << random.randrange(8)]) + sealed[place + 1 :])
            with pytest.raises(RuleBroken):
                archive.check(damaged)
        later = rewritten(whole, tmp_path / "later.zip", lambda manifest: manifest["migrations"].append(["core", "9999_later"]))
        for path, sentence in ((damaged, "is damaged"), (later, "by a later version")):
            assert sentence in refusal(fresh, path)
            with closing(sqlite3.connect(fresh.folder / "waymark.sqlite3")) as database:
                assert database.execute("SELECT name FROM sqlite_master").fetchall() == []
        older = rewritten(whole, tmp_path / "older.zip", as_an_earlier_version_wrote_it)
        assert "0 differences" in fresh.manage("restore", str(older))
        assert (fresh.folder / file).read_bytes() == content
        fresh.manage("prepare")
        assert "0 faults" in fresh.manage("audit", "verify")
        assert "by an earlier version" in refusal(house, older)


ALTERED = {  # what the database does to each person's row that is brought in
    "a row is altered": "UPDATE core_user SET name = 'Somebody' WHERE id = NEW.id",
    "a row is lost": "DELETE FROM core_user WHERE id = NEW.id",
    "a row is added": "INSERT INTO core_pulse (topic, at) VALUES ('odd', '2026-01-01')",
}


@pytest.mark.parametrize("alteration", ALTERED)
def test_where_a_table_comes_out_different_it_is_named_and_nothing_is_restored(tmp_path, alteration):
    with installation(tmp_path / "data") as house, installation(tmp_path / "fresh") as fresh:
        house.python("from tests.drills.seed import seed; seed(3, 1)")
        file = brought(house, b"Title\nPay by link\n")
        house.manage("backup", str(tmp_path / "backup.zip"))
        with closing(sqlite3.connect(fresh.folder / "waymark.sqlite3")) as database:
            database.execute(f"CREATE TRIGGER odd AFTER INSERT ON core_user BEGIN {ALTERED[alteration]}; END")
        table = "core.pulse" if alteration == "a row is added" else "core.user"
        assert f"Nothing was restored: {table} came out different from the backup." in refusal(fresh, tmp_path / "backup.zip")
        assert not (fresh.folder / file).exists()
        with closing(sqlite3.connect(fresh.folder / "waymark.sqlite3")) as database:
            for table in ("core_user", "core_event", "roadmaps_feature"):
                assert database.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)
            database.execute("DROP TRIGGER odd")
        assert "0 differences" in fresh.manage("restore", str(tmp_path / "backup.zip"))
        fresh.manage("backup", str(tmp_path / "again.zip"))
        manifest, again = manifest_of(tmp_path / "backup.zip"), manifest_of(tmp_path / "again.zip")
        assert {name: again[name] for name in SAME} == {name: manifest[name] for name in SAME}


def brought(house: Installation, content: bytes) -> Path:
    """A file that somebody imported; its path in the installation's folder."""
    path = Path("media/imports/some")
    (house.folder / path).parent.mkdir(parents=True)
    (house.folder / path).write_bytes(content)
    return path


@contextmanager
def writers(setup, folder: Path) -> Iterator[list[Path]]:
    """People and programs who write all the time inside; on leaving they are gone, and their ledgers tell how it went."""
    ledgers = [folder / f"racer{number}.ledger" for number in range(WRITERS)]
    racers = [start_racer(setup, number, folder, 100_000) for number in range(WRITERS)]
    try:
        wait_for(ledgers, '"ready"', WRITERS, racers)
        (folder / "go").touch()
        wait_for(ledgers, '"seconds"', 5 * WRITERS, racers)
        yield ledgers
        assert all(racer.poll() is None for racer in racers)
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()


def check_writers(ledgers: list[Path], began: float, ended: float) -> None:
    """Many wrote while the backup was taken, and nobody waited for it."""
    lines = [json.loads(line) for path in ledgers for line in path.read_text().splitlines() if line.endswith("}")]
    during = [line for line in lines if "seconds" in line and began <= line["at"] <= ended]
    saved, longest = sum(line["outcome"] in (200, 302) for line in during), max(line["seconds"] for line in during)
    print(f"\n{saved} edits saved in the {ended - began:.1f} s of the backup; the longest took {longest:.2f} s")
    assert saved >= 10
    assert longest <= LONGEST


@contextmanager
def other_engine(setup, folder: Path) -> Iterator[Installation]:
    """An empty installation on PostgreSQL where the set-up has SQLite, on SQLite where it has PostgreSQL."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres()).url if setup.is_sqlite else ""
        yield stack.enter_context(installation(folder, database_url=url))


def check_it_works(restored: Installation, manifest: dict) -> None:
    """The record is whole and still closed, what is derived is right, and the application reads and writes."""
    found = json.loads(restored.python("from tests.drills.test_backup import look; look()").splitlines()[-1])
    assert found["faults"] == []
    assert set(found["differences"].values()) == {0}
    assert "cannot be removed" in found["refusal"] or "append-only" in found["refusal"]
    restored.start("web")
    program = Program(restored.port, found["token"])
    answer = program.post("/api/v1/products/", {"key": "NEW", "name": "New"})
    assert answer.status == 201, answer.text
    event = program.get("/api/v1/events/?limit=1").json()["items"][0]
    assert event["number"] == manifest["chain"]["number"] + 2  # the token, the product


def look() -> None:
    """Print what is found inside a restored installation, as JSON."""
    refusal = ""
    try:
        connection.cursor().execute("DELETE FROM core_event")
    except Error as error:
        refusal = str(error)
    admin = User.objects.get(email="admin@example.com")
    faults, differences = list(audit.broken_links()), derivation.verify()
    _, token = create_token(actor=admin, user=admin, name="smoke", scopes=["read", "write"])
    print(json.dumps({"refusal": refusal, "faults": faults, "differences": differences, "token": token}))


def backup_process(house: Installation, folder: Path) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "backup", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, env=house.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def manifest_of(path: Path) -> dict:
    with ZipFile(path) as file:
        return json.loads(file.read(MANIFEST))


def refusal(house: Installation, path: Path) -> str:
    """What `restore` says when it refuses the file."""
    with pytest.raises(AssertionError) as refused:
        house.manage("restore", str(path))
    return str(refused.value)


def rewritten(path: Path, target: Path, change) -> Path:
    """A backup, whole in itself, with another manifest."""
    with ZipFile(path) as source, archive.writing(target) as file:
        manifest = json.loads(source.read(MANIFEST))
        change(manifest)
        for name in set(source.namelist()) - {MANIFEST}:
            file.writestr(name, source.read(name))
        file.writestr(MANIFEST, json.dumps(manifest))
    return target


def as_an_earlier_version_wrote_it(manifest: dict) -> None:
    """As before there were imports and webhooks: an app on the top floor, whose tables no other needs."""
    manifest["migrations"] = [node for node in manifest["migrations"] if node[0] != "integrations"]
    manifest["tables"] = {label: said for label, said in manifest["tables"].items() if not label.startswith("integrations.")}
