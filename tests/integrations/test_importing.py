"""A file becomes rows: foretold exactly, once, and taken back whole."""

import json
from pathlib import Path

import pytest

from core import audit, clock, edits
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event
from feedback.models import Feedback, Requester
from integrations import importing, reports, services, tables
from integrations.models import ImportRow, ImportRun
from roadmaps.models import Feature, Stage
from roadmaps.services import change_feature, create_stage
from tests.integrations.test_tables import data

MAPPINGS = Path(__file__).parent / "mappings"
STAGES = [("discovery", "open"), ("validation", "open"), ("definition", "planned"), ("delivery", "in_progress"), ("launch", "shipped"),
          ("iteration", "shipped"), ("sunset", "retired")]  # fmt: skip
Outcome = ImportRow.Outcome


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def stages(cast):
    return {
        slug: create_stage(actor=cast.ops, slug=slug, name=slug.title(), position=position, status=status)
        for position, (slug, status) in enumerate(STAGES)
    }


def plan(name: str) -> dict:
    return json.loads((MAPPINGS / f"{name}.json").read_text())


def receive(cast, content: bytes | str, plan: dict | None = None, **options) -> ImportRun:
    content = content.encode() if isinstance(content, str) else content
    given = {"actor": cast.maker, "kind": "features", "product": cast.own, "file_name": "file.csv"} | options
    return services.receive_file(content=content, plan=plan, **given)


def outcomes(run: ImportRun) -> list[tuple]:
    return list(ImportRow.objects.filter(run=run).values_list("number", "outcome", "reason"))


def test_a_real_backlog_is_foretold_made_once_and_taken_back(cast, stages):
    content, mapping = data("keps/keps.csv"), plan("keps")
    features = Feature.objects.filter(deleted_at=None)
    before = Event.objects.count()

    foretold = services.check_import(actor=cast.maker, run=receive(cast, content, mapping))
    assert features.count() == 0
    run = services.run_import(actor=cast.maker, run=receive(cast, content, mapping))
    assert outcomes(run) == outcomes(foretold)
    assert sum(run.counts.values()) == 396
    assert run.counts[Outcome.MADE] + run.counts[Outcome.REFUSED] == 396
    assert features.count() == run.counts[Outcome.MADE]
    assert all(reason for _, outcome, reason in outcomes(run) if outcome == Outcome.REFUSED)

    again, events, changes = receive(cast, content, mapping), Event.objects.count(), Change.objects.count()
    services.run_import(actor=cast.maker, run=again)
    assert again.counts == {Outcome.SAME: run.counts[Outcome.MADE], Outcome.REFUSED: run.counts[Outcome.REFUSED]}
    assert (Event.objects.count(), Change.objects.count()) == (events, changes)

    services.undo_import(actor=cast.maker, run=run)
    assert features.count() == 0
    assert Event.objects.count() > before
    back = services.run_import(actor=cast.maker, run=receive(cast, content, mapping))
    assert back.counts[Outcome.MADE] == features.count() == run.counts[Outcome.MADE]
    assert not list(audit.broken_links())


def test_every_row_made_is_in_the_record_with_the_file_as_its_reason(cast, stages):
    run = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n2,Two\n"))
    events = Event.objects.filter(because_type="integrations.importrun", because_id=run.pk)
    assert [event.because_label[:18] for event in events] == ["Import of file.csv"]
    assert Change.objects.filter(event__in=events).count() == 2


def test_one_faulty_row_is_refused_with_its_reason_and_the_others_are_made(cast, stages):
    content = (
        "id,title,effort,due,stage\n"
        "1,One,2-3,2026-01-31,discovery\n2,,1,,\n3,Three,lots,,\n4,Four,3,soon,\n"
        "5,Five,1,,nowhere\n1,Again,1,,\n"
    )
    run = services.run_import(actor=cast.maker, run=receive(cast, content))
    assert run.counts == {Outcome.MADE: 1, Outcome.REFUSED: 5}
    reasons = {number: reason for number, outcome, reason in outcomes(run) if outcome == Outcome.REFUSED}
    assert reasons[3] == "Title is missing."
    assert reasons[4] == "Effort, person-weeks: “lots” is no effort. Write person-weeks as numbers: 8, 6-11 or 6/8/11."
    assert reasons[5].startswith("Target date: “soon” is not a date.")
    assert reasons[6].startswith("Stage: “nowhere” is not known here.")
    assert reasons[7] == "Id in the file: the same as in row 2."
    feature = Feature.objects.get(outside_id="1")
    assert (feature.effort_low, feature.effort_high, str(feature.target_date)) == (2, 3, "2026-01-31")


def test_a_rule_of_the_database_refuses_its_row_alone(cast, stages):
    content = "id,title,start,due\n1,Good,2026-01-01,2026-02-01\n2,Bad,2026-03-01,2026-02-01\n3,Good too,,\n"
    foretold = services.check_import(actor=cast.maker, run=receive(cast, content))
    run = services.run_import(actor=cast.maker, run=receive(cast, content))
    assert outcomes(run) == outcomes(foretold)
    assert run.counts == {Outcome.MADE: 2, Outcome.REFUSED: 1}
    assert outcomes(run)[1][2] == "The target date lies before the start date."
    assert not list(audit.broken_links())


def test_unknown_words_are_shown_with_how_often_and_can_be_mapped(cast, stages):
    content = "id,title,status\n1,One,Doing\n2,Two,Doing\n3,Three,launch\n4,Four,Odd\n"
    run = receive(cast, content)
    table, dialect = reports.table_of(run)
    words = reports.reader_of(run).unknown_words(tables.read(table, dialect))
    assert words == {2: {"Doing": 2, "Odd": 1}}
    mapped = run.plan | {"columns": run.plan["columns"] | {"2": {"field": "stage", "values": {"Doing": "delivery", "Odd": "skip"}}}}
    services.plan_import(actor=cast.maker, run=run, plan=mapped)
    run = services.run_import(actor=cast.maker, run=run)
    assert run.counts == {Outcome.MADE: 3, Outcome.REFUSED: 1}
    assert Feature.objects.filter(stage=Stage.objects.get(slug="delivery")).count() == 2


def test_an_import_changed_by_hand_since_is_not_taken_back(cast, stages):
    run = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n"))
    change_feature(actor=cast.maker, feature=Feature.objects.get(outside_id="1"), title="Better")
    with pytest.raises(RuleBroken, match="changed this since"):
        services.undo_import(actor=cast.maker, run=run)
    assert Feature.objects.get(outside_id="1").deleted_at is None


def test_only_who_may_edit_the_product_imports_into_it(cast, stages):
    with pytest.raises(NotAllowed):
        receive(cast, "id,title\n1,One\n", actor=cast.other_maker)
    with pytest.raises(OutOfSight):
        receive(cast, "id,title\n1,One\n", actor=cast.stranger, product=cast.private)
    with pytest.raises(NotAllowed):
        services.run_import(actor=cast.ops, run=receive(cast, "id,title\n1,One\n"))
    with pytest.raises(RuleBroken, match="Choose the product"):
        receive(cast, "id,title\n1,One\n", product=None)


def test_a_file_that_is_no_table_is_refused_with_a_sentence(cast, stages):
    with pytest.raises(RuleBroken, match="empty"):
        receive(cast, b"")


def test_real_requests_of_another_language_come_in_once_and_leave_whole(cast, stages):
    content, mapping = data("city-proposals-es/proposals.csv"), plan("proposals")
    messages = Feedback.objects.filter(deleted_at=None)
    run = services.run_import(actor=cast.maker, run=receive(cast, content, mapping, kind="feedback"))
    assert run.counts[Outcome.MADE] + run.counts.get(Outcome.REFUSED, 0) == 1622
    assert messages.count() == run.counts[Outcome.MADE]
    first = messages.get(source="decide", source_id="35573")
    assert (first.title, str(first.received_at.date())) == ("Metro accesible Campamento", "2024-01-01")
    assert not messages.filter(text__contains="<p>").exists()
    again, events, changes = receive(cast, content, mapping, kind="feedback"), Event.objects.count(), Change.objects.count()
    services.run_import(actor=cast.maker, run=again)
    assert again.counts.get(Outcome.SAME) == run.counts[Outcome.MADE]
    assert (Event.objects.count(), Change.objects.count()) == (events, changes)
    services.undo_import(actor=cast.maker, run=run)
    assert not messages.exists()
    assert not list(audit.broken_links())


def test_ids_of_two_products_do_not_meet(cast, stages):
    """What was taken back in one product leaves its ids free, and a known id elsewhere is nobody's business here."""
    first = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n2,Two\n", product=cast.private))
    second = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n2,Two\n"))
    assert second.counts == {Outcome.MADE: 2}
    services.undo_import(actor=cast.maker, run=first)
    services.undo_import(actor=cast.maker, run=second)
    third = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n2,Two\n"))
    assert third.counts == {Outcome.MADE: 2}
    assert Feature.objects.filter(outside_id="1", product=cast.own).count() == 1  # the removed one is back


def test_a_row_that_does_not_fit_is_refused_and_its_neighbours_are_made(cast, stages):
    run = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n2,Two,too,many\n3\n4,Four\n"))
    assert run.counts == {Outcome.MADE: 2, Outcome.REFUSED: 2}
    assert outcomes(run)[1:3] == [
        (3, Outcome.REFUSED, "The row has 4 cells where the first row has 2. A quote or delimiter may be missing there."),
        (4, Outcome.REFUSED, "The row has 1 cell where the first row has 2. A quote or delimiter may be missing there."),
    ]


def test_a_mapping_made_for_a_wider_file_reads_a_narrow_one(cast, stages):
    wide = {"columns": {"0": {"field": "outside_id"}, "1": {"field": "title"}, "7": {"field": "stage"}, "9": {"field": "start_date"}}}
    run = receive(cast, "id,title\n1,One\n", wide)
    assert services.check_import(actor=cast.maker, run=run).counts == {Outcome.MADE: 1}
    assert reports.words_of(run) == []


def test_a_requester_filled_in_by_a_later_part_leaves_with_the_import(cast):
    lines = ["id,text,name,email"] + [f"{n},Wish {n},Dana," for n in range(importing.CHUNK)] + ["last,Wish,Dana,dana@example.com"]
    run = services.run_import(actor=cast.ops, run=receive(cast, "\n".join(lines), kind="feedback", actor=cast.ops, product=None))
    assert run.counts == {Outcome.MADE: importing.CHUNK + 1}
    services.undo_import(actor=cast.ops, run=run)
    assert not Feedback.objects.filter(deleted_at=None).exists()
    assert not Requester.objects.filter(deleted_at=None).exists()
    back = services.run_import(actor=cast.ops, run=receive(cast, "\n".join(lines), kind="feedback", actor=cast.ops, product=None))
    assert back.counts == run.counts
    services.undo_import(actor=cast.ops, run=back)
    assert not Feedback.objects.filter(deleted_at=None).exists()
    assert not Requester.objects.filter(deleted_at=None).exists()


def test_nothing_is_imported_into_an_archived_product(cast, stages):
    cast.own.archived_at = clock.now()
    cast.own.save()
    with pytest.raises(RuleBroken, match="is archived"):
        receive(cast, "id,title\n1,One\n")


def test_ctrl_z_takes_an_import_back_as_the_import_page_does_and_redo_does_it_again(cast, stages):
    mine = Feature.objects.filter(product=cast.own, deleted_at=None)
    lines = ["id,title"] + [f"{n},Feature {n}" for n in range(importing.CHUNK + 5)]
    run = services.run_import(actor=cast.maker, run=receive(cast, "\n".join(lines)))
    edit = edits.next_to_undo(edits.edits_of(cast.maker))
    assert len(edit.ends) == 2
    for step, count, state in ((edits.undo_last, 0, "undone"), (edits.redo_last, len(lines) - 1, "done"), (edits.undo_last, 0, "undone")):
        done = step(actor=cast.maker)
        run.refresh_from_db()
        if run.is_under_way:  # a large one is taken back by a job
            services.work_off(run.job, lambda percent, message: None)
            run.refresh_from_db()
        assert (mine.count(), run.state, "file.csv" in done.text) == (count, state, True)
    with pytest.raises(RuleBroken, match="taken back"):
        services.undo_import(actor=cast.maker, run=run)


def test_only_what_was_taken_back_is_done_again(cast, stages):
    run = services.run_import(actor=cast.maker, run=receive(cast, "id,title\n1,One\n2,Two\n"))
    services.undo_import(actor=cast.maker, run=run)
    with pytest.raises(RuleBroken, match="Only an import that was taken back"):
        services.redo_import(actor=cast.maker, run=services.redo_import(actor=cast.maker, run=run))
