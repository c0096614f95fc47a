"""A file comes in, and how it is read is said."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Product, User
from core.permissions import must, must_see
from core.writes import insert, update
from integrations import events, plans, tables
from integrations.models import ImportRun
from integrations.permissions import REFUSAL, can_import, must_own
from integrations.reports import dialect_of, path_of, target_of
from integrations.services.runs import back_to_draft
from integrations.targets import Target
from integrations.targets.base import OWN_SOURCE

TOO_LARGE = "The file is larger than {} MB. Split it, please."


@acts
def receive_file(
    *, actor: User, kind: str, product: Product | None, file_name: str, content: bytes, plan: dict[str, Any] | None = None
) -> ImportRun:
    """The file is kept and ready to be mapped; without a plan its columns are guessed from their names.

    A list of records in JSON is kept as the table it stands for.
    """
    target = target_of(kind, actor, product)
    if target.needs_product and product is None:
        raise RuleBroken(f"Choose the product these {target.noun}s belong to.", "product")
    must_see(actor, product)
    must(can_import(actor, product), REFUSAL)
    if product is not None and product.archived_at is not None:
        raise RuleBroken(f"{product.name} is archived, so nothing can be added to it.", "product")
    try:
        content = tables.from_records(content)
        guessed = guess_plan(target, content)
        plan = plans.checked(target, plan) if plan is not None else guessed
        tables.header(content, dialect_of(plan))
    except tables.UnreadableTable as error:
        raise RuleBroken(str(error), "file") from error
    digest = hashlib.sha256(content).hexdigest()
    _keep(path_of(digest), content)
    run = ImportRun(kind=kind, product=product, owner=actor, file_name=Path(file_name).name[:200], digest=digest, plan=plan)
    return insert(run, events.IMPORT_PREPARED)


@acts
def plan_import(*, actor: User, run: ImportRun, plan: dict[str, Any], seen: int | None = None, merge: bool = True) -> ImportRun:
    """The run reads its file by this plan; what was foretold before is void."""
    must_own(actor, run)
    plan = plans.checked(target_of(run.kind, run.owner, run.product), plan)
    back_to_draft(run)
    return update(run, {"plan": plan}, events.IMPORT_CHANGED, seen=seen, merge=merge)


def guess_plan(target: Target, content: bytes) -> dict[str, Any]:
    """A plan from the file's own look: encoding, delimiter, and columns whose names say what they hold. Raises UnreadableTable."""
    dialect = tables.sniff(content)
    columns: dict[str, dict[str, str]] = {}
    names = [name.strip().lower() for name in tables.header(content, dialect)]
    guessed = [known for known in target.fields if known.guesses]
    # What a field is called goes before what another may be called, too.
    for callings in ([(known, (known.label.lower(), known.key)) for known in guessed], [(known, known.guesses) for known in guessed]):
        for known, words in callings:
            free = [names.index(word) for word in words if word in names and str(names.index(word)) not in columns]
            if free and {"field": known.key} not in columns.values():
                columns[str(free[0])] = {"field": known.key}
    found = {"encoding": dialect.encoding, "delimiter": dialect.delimiter, "header": True}
    return found | {"columns": columns, "source": _source(target, names), "defaults": {}}


def _source(target: Target, names: list[str]) -> str:
    """Our own name where the heads tell that the file left by our own export; blank where it is of elsewhere."""
    heads = list(target.own_heads)
    is_ours = heads and any(names[at : at + len(heads)] == heads for at in range(len(names)))
    return OWN_SOURCE if is_ours else ""


def content_of(file: File) -> bytes:
    """The uploaded file, unless it is too large to be looked at."""
    if file.size > settings.DATA_IMPORT_MAX_BYTES:
        raise RuleBroken(TOO_LARGE.format(settings.DATA_IMPORT_MAX_BYTES // 1024 // 1024), "file")
    return file.read()


def _keep(path: Path, content: bytes) -> None:
    """The file lies under its digest, whole: another import may be reading the same one."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = settings.MEDIA_ROOT.with_name(f"{path.name}.{secrets.token_hex(4)}")  # beside what a backup reads
    part.write_bytes(content)
    os.replace(part, path)
