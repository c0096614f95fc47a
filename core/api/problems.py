"""Every error of the API is a problem document (RFC 9457) with a sentence for a person and all faulty fields at once."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from core.door import current_door
from core.exceptions import Conflict, Outdated, Refused, RuleBroken

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
MISSING = "There is no such thing, or it is not yours to see."
RETRY_AFTER = 5  # seconds until a lost database is worth another try


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status, the last part of its `type`, its title, and when it occurs."""

    status: int
    slug: str
    title: str
    when: str


KINDS = {
    kind.status: kind
    for kind in (
        Kind(400, "invalid", "Invalid request", "A parameter, a header or a field of the body cannot be read or is unknown."),
        Kind(401, "not-signed-in", "Not signed in", "No token or session came with the request, or it works no longer."),
        Kind(403, "not-allowed", "Not allowed", "You see the thing but may not do this to it, or the token may only read."),
        Kind(404, "not-found", "Not found", "The thing does not exist, or not for you."),
        Kind(405, "no-such-method", "Method not allowed", "The address does not know this method; `Allow` names those it knows."),
        Kind(406, "not-json", "Not acceptable", "The request accepts no JSON, and answers are JSON only."),
        Kind(409, "conflict", "Conflict", "Somebody changed the same fields since, or the same request is still being answered."),
        Kind(412, "outdated", "Outdated", "The version named in `If-Match` is no longer the current one."),
        Kind(413, "too-large", "Too large", "The body is larger than this installation accepts."),
        Kind(
            415, "unsupported-media-type", "Unsupported media type", "Bodies are `application/json`; a file comes in `multipart/form-data`."
        ),
        Kind(422, "rule-broken", "Rule broken", "A rule of the domain forbids it, or the key was used for another request."),
        Kind(428, "version-needed", "Version needed", "The method needs `If-Match` with the version you read."),
        Kind(429, "too-many", "Too many requests", "Wait as many seconds as `Retry-After` says."),
        Kind(500, "failed", "Something failed", "The fault is ours; nothing was saved. The request id finds it in the logs."),
        Kind(503, "unavailable", "Not available", "The database does not answer; nothing was saved. Try again after `Retry-After`."),
    )
}


class VersionNeeded(Refused):
    """A method that replaces or removes was called without saying which version is meant."""

    status = 428

    def __init__(self):
        super().__init__('Say which version you mean: If-Match: "<version>", as the ETag of the answer you read.')


def problem_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a view as a problem document. Unforeseen ones are logged with their traceback."""
    status, detail, headers, more = _read(error)
    if status == 500:
        log.exception("api_failed", exc_info=error)
        got_request_exception.send(sender=type(context["view"]), request=context["request"]._request)
    kind = KINDS.get(status, KINDS[400])
    body = {
        "type": type_uri(kind),
        "title": kind.title,
        "status": status,
        "detail": detail,
        "instance": context["request"].path,
        "request_id": current_door().request_id,
        "errors": [],
        **more,
    }
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def type_uri(kind: Kind) -> str:
    """The address that names a kind of problem, and explains it."""
    return f"{settings.PUBLIC_BASE_URL}/api/v1/docs/#{kind.slug}"


def _read(error: Exception) -> tuple[int, str, dict[str, str], dict[str, Any]]:
    """Status, sentence, headers and further members of the problem an exception stands for."""
    if isinstance(error, Refused):
        return error.status, str(error), _retry(getattr(error, "retry_after", None)), _more(error)
    if isinstance(error, Http404):
        return 404, MISSING, {}, {}
    if isinstance(error, PermissionDenied):
        return 403, str(error) or "You may not do this.", {}, {}
    if isinstance(error, RequestDataTooBig):
        return 413, f"A body may have {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes at most.", {}, {}
    if isinstance(error, exceptions.ValidationError):
        errors = list(flatten(error.detail))
        detail = errors[0]["message"] if len(errors) == 1 else f"{len(errors)} things are wrong with this request; `errors` names each."
        return 400, detail, {}, {"errors": errors}
    if isinstance(error, exceptions.APIException):
        headers = _retry(getattr(error, "wait", None))
        if auth_header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = auth_header
        return error.status_code, str(error.detail), headers, {}
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("database_unavailable", extra={"error": str(error)})
        return 503, "The database does not answer. Nothing was saved; try again in a few seconds.", _retry(RETRY_AFTER), {}
    return 500, "Something failed on our side. Nothing was saved; the request id finds it in the logs.", {}, {}


def _more(error: Refused) -> dict[str, Any]:
    """What a caller needs to go on after a refusal."""
    if isinstance(error, Conflict):
        clashes = [{"field": c.field, "mine": c.mine, "theirs": c.theirs, "base": c.base} for c in error.clashes]
        return {"clashes": clashes, "current": error.current}
    if isinstance(error, Outdated):
        return {"current": error.current}
    if isinstance(error, RuleBroken) and error.field:
        return {"errors": [{"field": error.field, "message": str(error)}]}
    return {}


def _retry(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(max(1, round(seconds)))}


def flatten(detail: Any, path: str = "") -> Iterator[dict[str, str | None]]:
    """The nested errors of a serializer as a flat list; a field within a field is `outer.inner`, the whole body's is null."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            yield from flatten(inner, here)
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from flatten(inner, f"{path}.{place}" if nested and path else path)
    else:
        yield {"field": path or None, "message": str(detail)}
