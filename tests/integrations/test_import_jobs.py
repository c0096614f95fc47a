"""Imports by a job: shown while they run, ended when somebody asks, never half done without a word."""

import pytest
from django.db import OperationalError, connection

from core import jobs
from core.exceptions import NotAllowed, RuleBroken
from core.models import Job, Membership
from integrations import importing, services
from integrations.models import ImportRow, ImportRun
from roadmaps.models import Feature
from roadmaps.services import change_feature

pytestmark = pytest.mark.usefixtures("process")
State, Outcome = ImportRun.State, ImportRow.Outcome
ROWS = "id,title\n" + "".join(f"{n},Feature {n}\n" for n in range(importing.CHUNK + 50))


@pytest.fixture
def run(cast) -> ImportRun:
    return services.receive_file(actor=cast.maker, kind="features", product=cast.own, file_name="file.csv", content=ROWS.encode())


def claimed(run: ImportRun) -> Job:
    """The run's job as a worker that took it sees it."""
    Job.objects.filter(pk=run.job_id).update(state=Job.State.RUNNING)
    return Job.objects.get(pk=run.job_id)


def done(run: ImportRun) -> Job:
    jobs.run(claimed(run).pk)
    run.refresh_from_db()
    return Job.objects.get(pk=run.job_id)


def features() -> int:
    return Feature.objects.filter(deleted_at=None).count()


def test_a_job_checks_runs_and_takes_back(cast, run):
    assert done(services.start_check(actor=cast.maker, run=run)).result == {Outcome.MADE: 250}
    assert (run.state, run.counts, features()) == (State.CHECKED, {Outcome.MADE: 250}, 0)
    assert done(services.start_import(actor=cast.maker, run=run)).state == Job.State.DONE
    assert (run.state, run.counts, features()) == (State.DONE, {Outcome.MADE: 250}, 250)
    done(services.start_undo(actor=cast.maker, run=run))
    assert (run.state, features()) == (State.UNDONE, 0)


def test_a_run_is_begun_once(cast, run):
    services.start_import(actor=cast.maker, run=run)
    for again in (services.start_import, services.start_check, services.run_import, services.check_import, services.undo_import):
        with pytest.raises(RuleBroken):
            again(actor=cast.maker, run=ImportRun.objects.get(pk=run.pk))
    assert Job.objects.count() == 1


def test_a_large_file_is_checked_by_a_job_and_a_small_one_at_once(cast, run):
    assert services.rehearse_import(actor=cast.maker, run=run).state == State.CHECKED
    rows = "id,title\n" + "".join(f"{n},Feature {n}\n" for n in range(501))
    large = services.receive_file(actor=cast.maker, kind="features", product=cast.own, file_name="f.csv", content=rows.encode())
    assert services.rehearse_import(actor=cast.maker, run=large).state == State.CHECKING
    done(large)
    assert large.counts == {Outcome.MADE: 501}


class Deadlock(Exception):
    """What PostgreSQL says when it ends one of two transactions that wait for each other."""

    pgcode = "40P01"


@pytest.mark.parametrize("begin", [services.run_import, services.check_import])
def test_a_part_the_database_ended_is_done_once_more_and_counted_once(cast, run, begin):
    ended = []

    def end_the_first(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "roadmaps_feature"') and not ended:
            ended.append(sql)
            raise OperationalError("deadlock detected") from Deadlock()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(end_the_first):
        begin(actor=cast.maker, run=run)
    assert ended
    assert run.counts == {Outcome.MADE: 250}
    assert ImportRow.objects.filter(run=run).count() == 250


def test_what_waits_is_ended_without_a_trace(cast, run):
    services.start_import(actor=cast.maker, run=run)
    run.refresh_from_db()
    services.cancel_import(actor=cast.maker, run=run)
    run.refresh_from_db()
    assert (run.state, run.message, features()) == (State.DRAFT, "It was ended before its end. Nothing was changed.", 0)
    assert services.run_import(actor=cast.maker, run=run).state == State.DONE


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_what_is_ended_half_way_stands_whole_by_chunk_and_is_taken_back(cast, run, end):
    def die(percent, message):
        raise end

    services.start_import(actor=cast.maker, run=run)
    job = claimed(run)
    with pytest.raises(end):
        services.work_off(job, die)
    jobs._note_end(job.pk)
    run.refresh_from_db()
    assert (run.state, run.counts) == (State.FAILED, {Outcome.MADE: importing.CHUNK})
    assert ImportRow.objects.filter(run=run).count() == features() == importing.CHUNK
    assert run.message.startswith("It was ended before its end. What was done until then stands below")
    services.undo_import(actor=cast.maker, run=run)
    assert (run.state, features()) == (State.UNDONE, 0)


def test_who_lost_the_right_meanwhile_imports_nothing(cast, run):
    services.start_import(actor=cast.maker, run=run)
    Membership.objects.filter(user=cast.maker, product=cast.own).delete()
    job = done(run)
    assert (job.state, run.state, features()) == (Job.State.FAILED, State.DRAFT, 0)
    assert "may import. Nothing was changed." in job.message


def test_a_rule_that_stands_against_taking_back_is_told_on_the_run(cast, run):
    services.run_import(actor=cast.maker, run=run)
    change_feature(actor=cast.maker, feature=Feature.objects.get(outside_id="3"), title="Better")
    services.start_undo(actor=cast.maker, run=run)
    job = done(run)
    assert (run.state, job.state) == (State.FAILED, Job.State.FAILED)
    assert "changed this since" in run.message
    assert "stands" in run.message


def test_only_who_brought_the_file_ends_its_job_or_operations(cast, run):
    services.start_import(actor=cast.maker, run=run)
    run.refresh_from_db()
    with pytest.raises(NotAllowed):
        services.cancel_import(actor=cast.leader, run=run)
    services.cancel_import(actor=cast.ops, run=run)
