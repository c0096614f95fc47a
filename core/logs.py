"""Logs are lines of JSON carrying the request id."""

import logging

import structlog

from core.door import current_door


def formatter() -> logging.Formatter:
    """The formatter of the console handler."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_request_id,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ],
    )


def _add_request_id(logger, name, event):
    # Django tells of a refused request when the door is shut behind it again, and hands the request over instead.
    request = event.pop("request", None)
    if request_id := getattr(request, "id", "") or current_door().request_id:
        event["request_id"] = request_id
    return event
