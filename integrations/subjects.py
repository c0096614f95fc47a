"""How history and undo speak of integrations' rows."""

from core.registry import Subject, register_subject
from integrations.models import ImportMapping, ImportRun

register_subject(Subject(ImportMapping, "mapping", label=lambda m: m.name, is_seen_by_row=True))
register_subject(Subject(ImportRun, "import", label=lambda r: r.file_name, undoable=False, is_seen_by_row=True))
