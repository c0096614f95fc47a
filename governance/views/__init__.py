"""Pages of governance."""

from governance.views.audit import audit, audit_event, verify
from governance.views.checks import change_check, checks, delete_check, enter_next_stage
from governance.views.decisions import carry_out, change_decision, decision, decisions, delete_decision, new_decision

__all__ = [
    "audit", "audit_event", "carry_out", "change_check", "change_decision", "checks", "decision", "decisions", "delete_check",
    "delete_decision", "enter_next_stage", "new_decision", "verify",
]  # fmt: skip
