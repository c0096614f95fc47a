"""Core's own kinds of jobs."""

from core.registry import register_job
from core.services.search import reindex

register_job("reindex", lambda job, tell: {"entries": reindex()})
