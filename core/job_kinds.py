"""Core's own kinds of jobs."""

from core.registry import JobKind, register_job
from core.services.search import reindex

register_job(JobKind("reindex", lambda job, tell: {"entries": reindex()}))
