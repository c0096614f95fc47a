"""How history and undo speak of integrations' rows, and how an import is turned as a whole."""

from django.urls import reverse

from core.exceptions import OutOfSight
from core.models import User
from core.registry import Reversal, Subject, register_reversal, register_subject
from integrations import services
from integrations.models import ImportMapping, ImportRun

register_subject(Subject(ImportMapping, "mapping", label=lambda m: m.name, is_seen_by_row=True))
register_subject(Subject(ImportRun, "import", label=lambda r: r.file_name, undoable=False, is_seen_by_row=True))


def _run(actor: User, pk: int) -> ImportRun:
    run = ImportRun.objects.visible_to(actor).select_related("owner", "product").filter(pk=pk).first()
    if run is None:
        raise OutOfSight("There is no such import, or it is not yours to see.")
    return run


def _undo(actor: User, pk: int) -> tuple[str, str]:
    run = services.reverse_import(actor=actor, run=_run(actor, pk))
    state = "is taken back" if run.state == ImportRun.State.UNDONE else "is being taken back"
    return f"The import of {run.file_name} {state}.", reverse("import", args=[pk])


def _redo(actor: User, pk: int) -> tuple[str, str]:
    run = services.redo_import(actor=actor, run=_run(actor, pk))
    return f"The import of {run.file_name} is done again.", reverse("import", args=[pk])


register_reversal(Reversal(services.SUBJECT, _undo, _redo, holds=lambda actor, pk: _run(actor, pk).can_be_undone))
