"""`manage.py import`: the importer without a browser."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.door import current_door
from core.models import Change, Event
from feedback.models import Feedback
from integrations.models import ImportRun
from roadmaps.models import Feature
from tests.integrations.test_tables import DATA

pytestmark = pytest.mark.usefixtures("process")


@pytest.fixture
def bring(cast, tmp_path, capsys):
    """`bring(content, *options)`: the import of a file with this content; answers what was printed."""

    def run(content: str | None, *options: str) -> str:
        path = tmp_path / "plan.csv"
        path.write_text(content or "")
        files = [str(path)] if content is not None else []
        call_command("import", "features", *files, "--product", "own", "--as", cast.maker.email, *options)
        return capsys.readouterr().out

    return run


def features() -> int:
    return Feature.objects.filter(deleted_at=None).count()


def test_a_file_is_foretold_brought_in_and_taken_back(bring):
    table = "id,title\n1,One\n2,\n"
    assert "2 rows: 1 would be made, 0 would be changed, 0 would be left the same, 1 would be refused" in bring(table, "--dry-run")
    assert features() == 0
    out = bring(table)
    assert "2 rows: 1 made, 0 changed, 0 left the same, 1 refused\n  row 3: Title is missing." in out
    assert features() == 1
    number = str(ImportRun.objects.order_by("pk").last().pk)
    assert bring(None, "--undo", number) == f"Import {number} is taken back.\n"
    assert features() == 0


def test_what_it_brings_came_in_through_the_import_and_what_follows_did_not(bring):
    bring("id,title\n1,One\n")
    assert Event.objects.order_by("pk").last().door == "import"
    assert current_door().name == "command"


def test_a_plan_is_read_from_a_file(bring, tmp_path):
    plan: Path = tmp_path / "mapping.json"
    plan.write_text(json.dumps({"source": "jira", "columns": {"0": {"field": "title"}, "1": {"field": "outside_id"}}}))
    bring("what,no\nOne,1\n", "--mapping", str(plan))
    assert Feature.objects.get().outside_id == "jira:1"


FILES = {"keps": ("keps/keps.csv", 396, "features", Feature), "proposals": ("city-proposals-es/proposals.csv", 1622, "feedback", Feedback)}


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_brought_in_by_its_mapping_once_and_taken_back_whole(cast, capsys, name):
    """Twice the same file changes nothing the second time; undone, nothing of it is left."""
    path, rows, kind, model = FILES[name]
    mapping = Path(__file__).parent / "mappings" / f"{name}.json"

    def told(*options: str) -> tuple[int, ...]:
        """The run's number, its rows, and how many were made, changed, left the same and refused."""
        call_command("import", kind, *options, "--as", cast.maker.email)
        return tuple(int(number) for number in re.findall(r"\d+", capsys.readouterr().out.splitlines()[0]))

    def standing() -> int:
        return model.objects.filter(deleted_at=None).count()

    def recorded() -> int:
        """How many changes were recorded, but for those of the run's own row."""
        return Change.objects.exclude(subject_type="integrations.importrun").count()

    whole = (str(DATA / path), "--product", "own", "--mapping", str(mapping))
    number, total, made, changed, same, refused = told(*whole)
    assert (total, made + refused, changed, same) == (rows, rows, 0, 0)
    assert made == standing() > rows * 0.9
    record = recorded()
    assert record >= made
    assert told(*whole)[1:] == (rows, 0, 0, made, refused)
    assert (recorded(), standing()) == (record, made)
    assert told("--undo", str(number)) == (number,)
    assert standing() == 0


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("", (), "The file is empty."),
        ("id,title\n", (), "Below its first row the file has none."),
        ('id,title\n"open,1\n', (), "Row 2 has a quoted cell that does not end where it should."),
        ("id,title\n1,One\n", ("--mapping", "nothing"), "“nothing” is neither a file nor a mapping you saved."),
        ("id,title\n1,One\n", ("--mapping", __file__), "is no JSON"),
        ("id,title\n1,One\n", ("--product", "hidden2"), "There is no product hidden2"),
        ("id,title\n1,One\n", ("--as", "nobody@example.com"), "There is no active person with the e-mail address nobody@example.com."),
        (None, ("--undo", "99"), "There is no import 99."),
        (None, (), "Name the file to import."),
    ],
)
def test_what_is_wrong_is_told(bring, content, options, sentence):
    with pytest.raises(CommandError, match="(?s)" + sentence.replace(".", r"\.")):
        bring(content, *options)
    assert features() == 0
