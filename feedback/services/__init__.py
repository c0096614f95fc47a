"""Every write of feedback, a file per noun."""

from feedback.services.evidence import Passage, change_importance, link_evidence, link_passages, unlink_evidence
from feedback.services.requesters import change_requester, create_requester, find_or_create_requester, find_or_create_requesters
from feedback.services.submissions import change_feedback, import_feedback, source_name, submit_feedback
from feedback.services.triage import (
    assign_feedback,
    close_feedback,
    decline_feedback,
    merge_feedback,
    reopen_feedback,
    snooze_feedback,
    unmerge_feedback,
)
from feedback.services.visitors import receive_feedback

__all__ = [
    "Passage", "assign_feedback", "change_feedback", "change_importance", "change_requester", "close_feedback", "create_requester",
    "decline_feedback", "find_or_create_requester", "find_or_create_requesters", "import_feedback", "link_evidence", "link_passages",
    "merge_feedback", "receive_feedback", "reopen_feedback", "snooze_feedback", "source_name", "submit_feedback", "unlink_evidence",
    "unmerge_feedback",
]  # fmt: skip
