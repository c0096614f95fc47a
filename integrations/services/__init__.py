"""Every write of integrations, a file per noun."""

from integrations.services.files import content_of, guess_plan, plan_import, receive_file
from integrations.services.mappings import delete_mapping, save_mapping
from integrations.services.runs import (
    JOB,
    SUBJECT,
    Stopped,
    cancel_import,
    check_import,
    note_cut_short,
    redo_import,
    rehearse_import,
    reverse_import,
    run_import,
    start_check,
    start_import,
    start_undo,
    undo_import,
    work_off,
)

__all__ = [
    "JOB", "SUBJECT", "Stopped", "cancel_import", "check_import", "content_of", "delete_mapping", "guess_plan", "note_cut_short",
    "plan_import", "receive_file", "redo_import", "rehearse_import", "reverse_import", "run_import", "save_mapping", "start_check",
    "start_import", "start_undo", "undo_import", "work_off",
]  # fmt: skip
