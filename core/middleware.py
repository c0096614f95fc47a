"""What happens around every request."""

import hashlib
import json
import re
import uuid
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import guard
from core.door import through
from core.exceptions import OutOfSight, Refused
from core.idempotency import once

REQUEST_ID = "X-Request-ID"


class RequestMiddleware:
    """Gives the request its id and door, arms the guard in tests, and keeps private pages out of every cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get(REQUEST_ID, "")
        request.id = given if 8 <= len(given) <= 36 and given.replace("-", "").isalnum() else str(uuid.uuid4())
        door = "api" if request.path.startswith("/api/") else "page"
        # Sign-in looks people up before anyone is known.
        with through(door, request.id), guard.armed(settings.TESTING and not request.path.startswith("/accounts/")):
            response = self.get_response(request)
        response.headers[REQUEST_ID] = request.id
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


class ZoneMiddleware:
    """Dates and times are shown as they are where the person is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with timezone.override(request.user.timezone if request.user.is_authenticated else None):
            return self.get_response(request)


class LoginMiddleware(LoginRequiredMiddleware):
    """Every page needs a signed-in person unless it says otherwise; an htmx part answers 401, never a sign-in page in a row."""

    def handle_no_permission(self, request, view_func):
        if not request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        here = request.headers.get("HX-Current-URL") or request.get_full_path()
        response = HttpResponse("You were signed out. What you typed is kept.", status=HTTPStatus.UNAUTHORIZED)
        response.headers["HX-Sign-In"] = redirect_to_login(here, settings.LOGIN_URL).url
        return response


class OnceMiddleware:
    """A form that carries `{% once %}` takes effect once, however often and however fast it is sent: each is led where the first was."""

    KEPT_HEADERS = ("Location", "HX-Location", "HX-Redirect")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        nonce = request.POST.get("once", "") if request.method == "POST" and not request.path.startswith("/api/") else ""
        if not re.fullmatch(r"[0-9a-f]{32}", nonce) or not request.user.is_authenticated:
            return self.get_response(request)
        sent = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
        scope, body = f"POST {request.get_full_path()}", json.dumps(sent).encode()
        # Part of the key, so that the same form sent elsewhere or with other words, after going back, is another request.
        key = f"form {nonce} {hashlib.sha256(scope.encode() + body).hexdigest()[:16]}"
        with once(request.user, key, scope, body, waits=True) as request.attempt:
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
            elif response.status_code < HTTPStatus.BAD_REQUEST and request.attempt.first is None:
                where = {name: response[name] for name in self.KEPT_HEADERS if name in response}
                # What a part of a page shows is not kept: rights may be others by then. It is fetched anew.
                status = response.status_code if where else HTTPStatus.NO_CONTENT
                request.attempt.keep(status=status, headers=where or {"HX-Refresh": "true"})
        return response

    def process_view(self, request, view, args, kwargs):
        """The first answer, once it is known that the request is neither forged nor a stranger's."""
        first = request.attempt.first if hasattr(request, "attempt") else None
        return HttpResponse(status=first.status, headers=first.headers) if first else None


class RefusalMiddleware:
    """A service's refusal that a page did not answer itself becomes a page with its sentence and its status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if not isinstance(error, Refused):
            return None
        if isinstance(error, OutOfSight):
            return render(request, "404.html", status=error.status)
        template = "refused.html#fragment" if request.htmx else "refused.html"
        return render(request, template, {"sentence": str(error), "error": error}, status=error.status)
