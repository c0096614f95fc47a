"""What the walk through every page needs of an installation: its rows, and somebody signed in for each principal.

Run inside an installation, through `Installation.python`.
"""

import json
from datetime import timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from core import clock, derivation
from core.models import Role, User
from portfolio.services import new_day
from roadmaps.models import Feature
from tests.architecture import world as worlds
from tests.architecture.access import Line, lines, path_of
from tests.factories.core import UserFactory


def fill() -> None:
    """One row of every model, planned for these weeks, with every figure there is; prints the address of every page, by its route."""
    world = worlds.build()
    weeks = timedelta(weeks=3)
    Feature._base_manager.update(start_date=clock.today() - weeks, target_date=clock.today() + weeks)
    new_day()
    derivation.run_pass()
    pages = {line.route: path_of(line.route, line.arguments, world.own) for line in lines() if is_page(line)}
    print(json.dumps({"pages": pages, "sessions": {name: session_of(world.people[name]) for name in ("maker", "admin")}}))


def empty() -> None:
    """An administrator and nothing else; prints the same of the pages that need no row."""
    UserFactory(name="Admin", role=Role.ADMIN)
    pages = {line.route: reverse(line.route) for line in lines() if is_page(line) and not line.arguments}
    print(json.dumps({"pages": pages, "sessions": {"admin": session_of(User.objects.get())}}))


def is_page(line: Line) -> bool:
    """Whether a browser may open it: a GET of an open row, outside the API."""
    return line.method == "GET" and line.object != "private" and not line.expected.get("read")


def session_of(person: User) -> str | None:
    """The key of a session this person is signed in by."""
    session = SessionStore()
    session[auth.SESSION_KEY] = str(person.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key
