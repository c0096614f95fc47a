"""A backup's file is there whole or not at all, and no change of it goes unseen."""

import json
import random
from zipfile import ZipFile

import pytest

from core import archive
from core.backup import lines
from core.exceptions import RuleBroken
from core.models import Job


@pytest.fixture
def backup(tmp_path):
    """A sealed archive of 300 KB."""
    path = tmp_path / "backup.zip"
    with archive.writing(path) as file:
        file.writestr("rows", random.Random(1).randbytes(300_000))
    return path


def test_an_archive_opens_as_any_zip_and_is_its_owners_alone(backup):
    archive.check(backup)
    with ZipFile(backup) as file:
        assert file.testzip() is None
        assert len(file.read("rows")) == 300_000
    assert backup.stat().st_mode & 0o077 == 0
    assert list(backup.parent.iterdir()) == [backup]


def test_one_changed_byte_is_seen_wherever_it_is(backup):
    content = backup.read_bytes()
    places = [*random.sample(range(len(content)), 44), 0, 1, len(content) - 1, len(content) - 64, len(content) - 65, len(content) - 70]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << random.randrange(8)
        backup.write_bytes(changed)
        with pytest.raises(RuleBroken, match="is damaged"):
            archive.check(backup)


@pytest.mark.parametrize("length", [0, 1, 63, 64, 1000, -1])
def test_a_file_that_was_cut_off_is_seen(backup, length):
    backup.write_bytes(backup.read_bytes()[:length])
    with pytest.raises(RuleBroken, match="cut off"):
        archive.check(backup)


def test_a_file_that_is_not_there_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(RuleBroken, match="cannot be read: No such file"):
        archive.check(tmp_path / "none.zip")


def test_writing_that_fails_leaves_no_file(tmp_path):
    def fail():
        with archive.writing(tmp_path / "backup.zip") as file:
            file.writestr("rows", b"some")
            raise OSError("The disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_backup_never_replaces_another(backup):
    content = backup.read_bytes()
    with pytest.raises(RuleBroken, match="is there already"), archive.writing(backup):
        pass
    assert backup.read_bytes() == content


def test_a_row_reads_the_same_whichever_engine_it_comes_from(cast):
    """A zero's sign is what PostgreSQL's JSON does not keep, and SQLite's does."""
    job = Job.objects.create(kind="some", label="Å “quoted”", owner=cast.maker, arguments={"b": [-0.0, 0.5], "a": {"c": -0.0}})
    (line,) = lines(Job)
    assert "-0.0" not in line.decode()
    assert {"a": {"c": 0.0}, "b": [0.0, 0.5]} in json.loads(line)
    assert job.created_at.isoformat() in json.loads(line)
    assert "Å “quoted”" in line.decode()
