"""What happens around every request."""

import uuid
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import guard
from core.door import through
from core.exceptions import OutOfSight, Refused

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
