"""Mappings: how the columns of a file are read, kept under a name."""

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.permissions import can_write, must
from core.writes import insert, remove, update
from integrations import events
from integrations.models import ImportMapping, ImportRun
from integrations.permissions import must_own


@acts
def save_mapping(*, actor: User, run: ImportRun, name: str) -> ImportMapping:
    """The run's plan is kept under a name; the same name again replaces it."""
    must_own(actor, run)
    if not name.strip():
        raise RuleBroken("Give the mapping a name.", "name")
    known = ImportMapping.objects.filter(owner=actor, kind=run.kind, name=name.strip(), deleted_at=None).first()
    if known:
        return update(known, {"plan": run.plan}, events.MAPPING_SAVED)
    return insert(ImportMapping(name=name.strip(), kind=run.kind, product=run.product, owner=actor, plan=run.plan), events.MAPPING_SAVED)


@acts
def delete_mapping(*, actor: User, mapping: ImportMapping, seen: int | None = None) -> None:
    """The mapping is offered no longer; what was imported with it stays."""
    must(mapping.owner_id == actor.pk and can_write(actor), "You may delete your own mappings only.")
    remove(mapping, events.MAPPING_DELETED, seen=seen)
