"""Custom fields in files: guessed by their names, read by their kinds, and brought back by our own export."""

import pytest

from core import services as core_services
from core.custom_fields import values_of
from core.models import User
from integrations import services
from integrations.models import ImportRow, ImportRun
from roadmaps.models import Feature
from tests.integrations.test_importing import outcomes, receive

SUBJECT = "roadmaps.feature"
Outcome = ImportRow.Outcome
KINDS = {"note": "text", "size": "number", "budget": "money", "due": "date", "risk": "choice", "sponsor": "person", "pilot": "flag"}
TABLE = """id,title,Note,Size,Budget,Due,Risk,Sponsor,Pilot
1,One,words,2.5,€1200,2027-02-27,High,Leader,yes
2,Two,,,,,low,,no
3,Three,,many,,,,,
4,Four,,,,,Medium,,
"""


@pytest.fixture
def fields(cast, process) -> None:
    for key, kind in KINDS.items():
        core_services.create_custom_field(
            actor=cast.ops, subject=SUBJECT, key=key, label=key.title(), kind=kind, choices=["Low", "High"] if kind == "choice" else ()
        )


def held(user: User) -> dict[str, dict]:
    """What features hold, by title."""
    titles = dict(Feature.objects.visible_to(user).values_list("pk", "title"))
    return {titles[pk]: values for pk, values in values_of(user, SUBJECT, list(titles)).items()}


def test_columns_are_known_by_the_names_of_fields_and_read_by_their_kinds(cast, fields):
    run = services.run_import(actor=cast.maker, run=receive(cast, TABLE))
    assert run.counts == {Outcome.MADE: 2, Outcome.REFUSED: 2}
    assert held(cast.maker) == {
        "One": {
            "note": "words", "size": "2.5", "budget": "1200", "due": "2027-02-27", "risk": "High", "sponsor": cast.leader.pk, "pilot": True,
        },
        "Two": {"risk": "Low", "pilot": False},
    }  # fmt: skip
    assert [reason for _, outcome, reason in outcomes(run) if outcome == Outcome.REFUSED] == [
        reason for _, outcome, reason in outcomes(run) if "many" in reason or "Medium" in reason
    ]


def test_a_file_brought_again_changes_nothing_and_another_empties_what_it_leaves_blank(cast, fields):
    services.run_import(actor=cast.maker, run=receive(cast, TABLE))
    again = services.run_import(actor=cast.maker, run=receive(cast, TABLE))
    assert again.counts == {Outcome.SAME: 2, Outcome.REFUSED: 2}
    changed = TABLE.replace("2027-02-27,High", ",Low")
    assert services.run_import(actor=cast.maker, run=receive(cast, changed)).counts[Outcome.CHANGED] == 1
    one = held(cast.maker)["One"]
    assert (one["risk"], "due" in one) == ("Low", False)


def test_an_undone_import_leaves_nothing_in_fields(cast, fields):
    run: ImportRun = services.run_import(actor=cast.maker, run=receive(cast, TABLE))
    services.undo_import(actor=cast.maker, run=run)
    assert held(cast.maker) == {}
