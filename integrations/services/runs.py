"""A file is rehearsed, run, and taken back: at once in this process, or by a job."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from core.acts import Because, acts, write_lock
from core.exceptions import Refused, RuleBroken
from core.models import Event, Job, User
from core.services import cancel_job, start_job
from core.undo import chain_ends, undo_event
from integrations import events, importing, tables
from integrations.linking import Mention
from integrations.models import ImportReference, ImportRow, ImportRun
from integrations.permissions import must_own
from integrations.reports import has_more_rows, reader_of, table_of

log = logging.getLogger(__name__)
State = ImportRun.State
type Tell = Callable[[int, str], None]
SUBJECT = "integrations.importrun"
JOB = "import"
AT_ONCE = 500  # rows a request rehearses by itself
HAS_RUN = "This import has run already. Take it back, or begin with the file again."
BROKE = "The import stopped by a fault that is not the file's; it was recorded."
ENDED = "It was ended before its end."
STANDS = "What was done until then stands below: take it back, or bring the file again to do the rest."
STANDS_YET = "What was not taken back until then stands: take it back again, or remove it by hand."
UNCHANGED = "Nothing was changed."


@dataclass
class Told:
    """What a rehearsal foretells."""

    results: list[importing.Result] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def add(self, results: Sequence[importing.Result], mentions: Sequence[Mention]) -> None:
        """Keep what the rehearsal told."""
        self.results += results
        self.mentions += mentions


class Stopped(Refused):
    """A run did not come to its end; the sentence says what is to be done about it."""


def check_import(*, actor: User, run: ImportRun) -> ImportRun:
    """Rehearse the run: counts and rows say exactly what it would do; nothing else changes."""
    must_own(actor, run)
    if run.state not in ImportRun.WAITING:
        raise RuleBroken(HAS_RUN)
    return work(run)


def run_import(*, actor: User, run: ImportRun) -> ImportRun:
    """The file's rows are in, each made, changed, left the same or refused with its reason."""
    _begin(actor, run, State.RUNNING)
    return work(run)


@acts
def start_check(*, actor: User, run: ImportRun) -> ImportRun:
    """The rehearsal waits for a worker; its job shows how far it is."""
    return _start(actor, run, State.CHECKING, f"Check {run.file_name}")


@acts
def start_import(*, actor: User, run: ImportRun) -> ImportRun:
    """The run waits for a worker; its job shows how far it is."""
    return _start(actor, run, State.RUNNING, f"Import {run.file_name}")


def reverse_import(*, actor: User, run: ImportRun) -> ImportRun:
    """A small import is taken back at once, a large one by a job."""
    is_small = sum(run.counts.values()) <= AT_ONCE // 5
    return undo_import(actor=actor, run=run) if is_small else start_undo(actor=actor, run=run)


def rehearse_import(*, actor: User, run: ImportRun) -> ImportRun:
    """A small file is rehearsed at once, a large one by a job."""
    return start_check(actor=actor, run=run) if has_more_rows(run, AT_ONCE) else check_import(actor=actor, run=run)


@acts
def start_undo(*, actor: User, run: ImportRun) -> ImportRun:
    """Taking the run back waits for a worker; its job shows how far it is."""
    _begin_undo(actor, run)
    return _hand_over(actor, run, f"Take back {run.file_name}")


def cancel_import(*, actor: User, run: ImportRun) -> ImportRun:
    """The run's job is ended within seconds."""
    if run.job is None or not run.is_under_way:
        raise RuleBroken("This import is not under way.")
    cancel_job(actor=actor, job=run.job)
    return run


def undo_import(*, actor: User, run: ImportRun) -> ImportRun:
    """What the run made or changed is as it was before, chunk by chunk, the last first; refused where somebody changed it since."""
    _begin_undo(actor, run)
    try:
        return take_back(run)
    except Refused as error:
        _stop(run, str(error))
        raise


def redo_import(*, actor: User, run: ImportRun) -> ImportRun:
    """What taking the run back took away or changed is there again, chunk by chunk; refused where somebody changed it since."""
    must_own(actor, run)
    if run.state != State.UNDONE or _set(run, state=State.UNDOING, message="", job=None).state != State.UNDOING:
        raise RuleBroken("Only an import that was taken back can be done again.")
    try:
        for event, holds in _chunks(run):
            if not holds:
                undo_event(actor=run.owner, event=event)
    except Refused as error:
        _stop(run, str(error))
        raise
    return _set(run, state=State.DONE)


def work(run: ImportRun, tell: Tell = lambda percent, message: None) -> ImportRun:
    """Run or rehearse to the end, chunk by chunk; where that cannot be, the run's message says why and what stands."""
    try:
        must_own(run.owner, run)
        reader, table = reader_of(run), table_of(run)
        total = reader.learn(tables.read(*table))
        if not total:
            raise tables.UnreadableTable("Below its first row the file has none.")
        because = Because(SUBJECT, run.pk, importing.today_label(run.file_name))
        is_run, told = run.state == State.RUNNING, Told()
        keep = partial(_keep, run) if is_run else told.add
        for done in importing.import_rows(reader, tables.read(*table), because, keep, rehearse=not is_run):
            tell(done * 100 // total, f"{done} of {total} rows")
        return _set(run, state=State.DONE) if is_run else _foretell(run, told)
    except (tables.UnreadableTable, Refused, OSError) as error:
        return _stop(run, str(error))
    except KeyboardInterrupt:
        _stop(run, ENDED)
        raise
    except Exception:
        log.exception("import_broke", extra={"run": run.pk})
        return _stop(run, BROKE)


def take_back(run: ImportRun, tell: Tell = lambda percent, message: None) -> ImportRun:
    """The run, begun to be taken back, is taken back. Raises Refused where somebody changed a row since."""
    standing = [event for event, holds in _chunks(run) if holds]
    for done, event in enumerate(reversed(standing), start=1):
        undo_event(actor=run.owner, event=event)
        tell(done * 100 // len(standing), f"{done} of {len(standing)} parts")
    return _set(run, state=State.UNDONE, message="")


def _chunks(run: ImportRun) -> list[tuple[Event, bool]]:
    """What became of each part of the run, in order: its last event, and whether it stands."""
    return chain_ends(Event._base_manager.filter(because_type=SUBJECT, because_id=run.pk, verb=events.ROWS_IMPORTED))


def work_off(job: Job, tell: Tell) -> dict[str, int]:
    """Do what the run of the job is under way to; answers its counts. Raises Refused with what is to be done about it."""
    run = ImportRun.objects.select_related("owner", "product").get(pk=job.arguments["run"])
    if run.state == State.UNDOING:
        try:
            take_back(run, tell)
        except Refused as error:
            _stop(run, str(error))
    else:
        work(run, tell)
    if run.message:
        raise Stopped(run.message)
    return run.counts


def note_cut_short(job: Job) -> None:
    """The job of a run was ended, or its process is gone: the run says so, and can be taken back or begun again."""
    run = ImportRun.objects.filter(job=job, state__in=ImportRun.UNDER_WAY).first()
    if run is not None:
        _stop(run, ENDED)


def back_to_draft(run: ImportRun) -> None:
    """The run is to be checked again; refused once it has begun."""
    _claim(run, State.DRAFT)


def _start(actor: User, run: ImportRun, state: State, label: str) -> ImportRun:
    _begin(actor, run, state)
    return _hand_over(actor, run, label)


def _hand_over(actor: User, run: ImportRun, label: str) -> ImportRun:
    job = start_job(actor=actor, kind=JOB, label=label[:200], arguments={"run": run.pk}, product=run.product)
    return _set(run, job=job)


def _begin(actor: User, run: ImportRun, state: State) -> None:
    """The run is under way: nobody else can begin it."""
    must_own(actor, run)
    with write_lock(), transaction.atomic():
        _claim(run, state)
        _empty(run)


def _begin_undo(actor: User, run: ImportRun) -> None:
    """The run is being taken back; a process that still runs it, against all appearance, ends with its chunk."""
    must_own(actor, run)
    if not run.can_be_undone or _set(run, state=State.UNDOING, message="", job=None).state != State.UNDOING:
        raise RuleBroken("Only an import that has run can be taken back.")


def _claim(run: ImportRun, state: State) -> None:
    run.refresh_from_db()
    if run.state not in ImportRun.WAITING or not _set(run, state=state, counts={}, message="", job=None).state == state:
        raise RuleBroken(HAS_RUN)


def _empty(run: ImportRun) -> None:
    for kept in (ImportRow, ImportReference):
        kept.objects.filter(run=run).delete()


def _keep(run: ImportRun, results: Sequence[importing.Result], mentions: Sequence[Mention]) -> None:
    """What became of a chunk's rows, in the chunk's own act. Raises where the run was ended or taken back meanwhile."""
    run.refresh_from_db(fields=["counts"])  # of a first try that the database ended nothing is there
    counts = Counter(run.counts)
    counts.update(result.outcome for result in results)
    if _set(run, counts=dict(counts)).state != State.RUNNING:
        raise Stopped(ENDED)
    _write_down(run, results, mentions)


def _foretell(run: ImportRun, told: Told) -> ImportRun:
    """What would become of the rows is kept, unless the run is read by another plan or has begun meanwhile."""
    with write_lock(), transaction.atomic():
        counts = Counter(result.outcome for result in told.results)
        if _set(run, state=State.CHECKED, counts=dict(counts), message="").state == State.CHECKED:
            _empty(run)
            _write_down(run, told.results, told.mentions)
    return run


def _write_down(run: ImportRun, results: Sequence[importing.Result], mentions: Sequence[Mention]) -> None:
    rows = [ImportRow(run=run, number=r.number, outcome=r.outcome, reason=r.reason, label=r.label[:200]) for r in results]
    ImportRow.objects.bulk_create(rows, batch_size=500)
    said = [
        ImportReference(run=run, number=m.number, field=m.field, text=m.text, outcome=m.outcome, reason=m.reason, leads_to=m.leads_to)
        for m in mentions
    ]
    ImportReference.objects.bulk_create(said, batch_size=500)


def _stop(run: ImportRun, why: str) -> ImportRun:
    """Nothing done: the run can begin anew; else what is done stands and can be taken back."""
    run.refresh_from_db()  # what a chunk noted went with the chunk
    if run.state not in (*ImportRun.WAITING, *ImportRun.UNDER_WAY):
        return run
    if run.state == State.UNDOING:
        return _set(run, state=State.FAILED, message=f"{why[:300]} {STANDS_YET}")
    if run.state == State.RUNNING and run.counts:
        return _set(run, state=State.FAILED, message=f"{why[:300]} {STANDS}")
    return _set(run, state=State.DRAFT, counts={}, message=f"{why[:300]} {UNCHANGED}")


def _set(run: ImportRun, **values: Any) -> ImportRun:
    """How far the run is, unless somebody else changed that meanwhile: then the run is as it is now. Bookkeeping, not an act."""
    with write_lock(), transaction.atomic():
        known = ImportRun.objects.filter(pk=run.pk, state=run.state, version=run.version)
        if not known.update(**values):
            run.refresh_from_db()
            return run
    for name, value in values.items():
        setattr(run, name, value)
    return run
