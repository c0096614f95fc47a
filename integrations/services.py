"""Every write of integrations: a file comes in, is mapped, checked, run, taken back."""

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from core.acts import Because, acts, write_lock
from core.exceptions import Refused, RuleBroken
from core.models import Event, Product, User
from core.permissions import must, must_see
from core.undo import undo_event
from core.writes import insert, remove, update
from integrations import events, importing, tables
from integrations.models import ImportMapping, ImportRow, ImportRun
from integrations.permissions import can_import
from integrations.reports import path_of, reader_of, table_of, target_of
from integrations.targets import Target

State = ImportRun.State
SUBJECT = "integrations.importrun"
REFUSAL = "Only product operations, and owners and editors for their own product, may import."


@acts
def receive_file(
    *, actor: User, kind: str, product: Product | None, file_name: str, content: bytes, plan: dict[str, Any] | None = None
) -> ImportRun:
    """The file is kept and ready to be mapped; without a plan its columns are guessed from their names."""
    target = target_of(kind)
    if target.needs_product and product is None:
        raise RuleBroken(f"Choose the product these {target.noun}s belong to.", "product")
    must_see(actor, product)
    must(can_import(actor, product), REFUSAL)
    if len(content) > settings.DATA_IMPORT_MAX_BYTES:
        raise RuleBroken(f"The file is larger than {settings.DATA_IMPORT_MAX_BYTES // 1024 // 1024} MB. Split it, please.", "file")
    digest = hashlib.sha256(content).hexdigest()
    try:
        plan = plan or guess_plan(target, content)
    except tables.UnreadableTable as error:
        raise RuleBroken(str(error), "file") from error
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    run = ImportRun(kind=kind, product=product, owner=actor, file_name=Path(file_name).name[:200], digest=digest, plan=plan)
    return insert(run, events.IMPORT_PREPARED)


@acts
def plan_import(*, actor: User, run: ImportRun, plan: dict[str, Any]) -> ImportRun:
    """The run reads its file by this plan; what was foretold before is void."""
    _must_own(actor, run)
    if run.state not in (State.DRAFT, State.CHECKED):
        raise RuleBroken("This import has run already. Take it back, or begin with the file again.")
    update(run, {"plan": plan}, events.IMPORT_CHANGED)
    return _set(run, state=State.DRAFT, counts={})


def guess_plan(target: Target, content: bytes) -> dict[str, Any]:
    """A plan from the file's own look: encoding, delimiter, and columns whose names say what they hold."""
    dialect = tables.sniff(content)
    columns, taken = {}, set()
    for position, name in enumerate(tables.header(content, dialect)):
        for known in target.fields:
            if known.key not in taken and name.strip().lower() in known.guesses:
                columns[str(position)] = {"field": known.key}
                taken.add(known.key)
                break
    return {"encoding": dialect.encoding, "delimiter": dialect.delimiter, "header": True, "columns": columns, "source": "", "defaults": {}}


def check_import(*, actor: User, run: ImportRun, progress: Callable[[int], None] = lambda done: None) -> ImportRun:
    """Rehearse the run: counts and rows say exactly what it would do; nothing else changes."""
    _must_own(actor, run)
    return _go(run, progress, rehearse=True)


def run_import(*, actor: User, run: ImportRun, progress: Callable[[int], None] = lambda done: None) -> ImportRun:
    """The file's rows are in, each made, changed, left the same or refused with its reason."""
    _must_own(actor, run)
    return _go(run, progress, rehearse=False)


def undo_import(*, actor: User, run: ImportRun) -> ImportRun:
    """What the run made or changed is as it was before, chunk by chunk, the last first; refused where somebody changed it since."""
    _must_own(actor, run)
    if run.state not in (State.DONE, State.FAILED):
        raise RuleBroken("Only an import that has run can be taken back.")
    undone = Event.objects.exclude(undoes=None).values("undoes")
    done = Event.objects.filter(because_type=SUBJECT, because_id=run.pk, verb=events.ROWS_IMPORTED).exclude(number__in=undone)
    for event in done.order_by("-number"):
        undo_event(actor=actor, event=event)
    return _set(run, state=State.UNDONE)


@acts
def save_mapping(*, actor: User, run: ImportRun, name: str) -> ImportMapping:
    """The run's plan is kept under a name; the same name again replaces it."""
    _must_own(actor, run)
    if not name.strip():
        raise RuleBroken("Give the mapping a name.", "name")
    known = ImportMapping.objects.filter(owner=actor, kind=run.kind, name=name.strip(), deleted_at=None).first()
    if known:
        return update(known, {"plan": run.plan}, events.MAPPING_SAVED)
    return insert(ImportMapping(name=name.strip(), kind=run.kind, product=run.product, owner=actor, plan=run.plan), events.MAPPING_SAVED)


@acts
def delete_mapping(*, actor: User, mapping: ImportMapping) -> None:
    """The mapping is offered no longer."""
    must(mapping.owner_id == actor.pk, "You may delete your own mappings only.")
    remove(mapping, events.MAPPING_DELETED)


def _must_own(actor: User, run: ImportRun) -> None:
    must(run.owner_id == actor.pk, "Only who brought the file may run it or take it back.")
    must(can_import(actor, run.product), REFUSAL)


def _go(run: ImportRun, progress: Callable[[int], None], *, rehearse: bool) -> ImportRun:
    if run.state not in (State.DRAFT, State.CHECKED):
        raise RuleBroken("This import has run already. Take it back, or begin with the file again.")
    before = run.state
    counts: Counter[str] = Counter()
    _set(run, state=State.RUNNING, message="")
    ImportRow.objects.filter(run=run).delete()
    try:
        content, dialect = table_of(run)
        reader = reader_of(run)
        reader.learn(tables.read(content, dialect))
        because = Because(SUBJECT, run.pk, importing.today_label(run.file_name))
        rows = tables.read(content, dialect)
        kept: list[importing.Result] = []
        for results in importing.import_rows(reader, rows, because, rehearse=rehearse):
            kept += results
            counts.update(result.outcome for result in results)
            if not rehearse:
                _keep(run, results)
            progress(sum(counts.values()))
        if rehearse:
            _keep(run, kept)
    except (tables.UnreadableTable, Refused, OSError) as error:
        return _set(run, state=before if rehearse else State.FAILED, counts=dict(counts), message=str(error)[:500])
    except Exception:
        message = "The import stopped by a fault that is not the file's. What was done until then stands below and can be taken back."
        _set(run, state=before if rehearse else State.FAILED, counts=dict(counts), message=message)
        raise
    return _set(run, state=State.CHECKED if rehearse else State.DONE, counts=dict(counts))


def _keep(run: ImportRun, results: list[importing.Result]) -> None:
    rows = [ImportRow(run=run, number=r.number, outcome=r.outcome, reason=r.reason, label=r.label[:200]) for r in results]
    with write_lock(), transaction.atomic():
        ImportRow.objects.bulk_create(rows, batch_size=500)


def _set(run: ImportRun, **values: Any) -> ImportRun:
    """How far the run is: bookkeeping, not an act of a person."""
    with write_lock(), transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(**values)
    for name, value in values.items():
        setattr(run, name, value)
    return run
