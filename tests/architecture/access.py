"""The file of expected answers (`access.tsv`), read; the URL table, walked; and requests in everybody's name.

A line of the file: the route's name, a method, the object asked for, one status for each principal, the route's arguments, a body.

- route: the name in the URL table; of a route without one, the name of its view.
- object: `own` (an open product's rows), `private` (a private product's rows), `-` (no object). Every `private` line stands beside
  an `own` line of the same route and method that somebody gets a 2xx or 3xx for.
- principals: see `COLUMNS`. `viewer` may read both products, `maker` owns both, `other` owns neither. On pages the three tokens are
  left out (`.`): there they count for nothing, and a test shows it. Who is gone has no column: see `GONE`.
- arguments: `key=<feature.key>`, several separated by commas; or the whole path, for a route without a name.
- body: `{"title": "New", "product": "<product.key>"}` is sent as JSON, `title=New&stage=<stage.pk>` as a form.
- `<model.attribute>` is read from the row `world.py` made of the model on the object's product.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core import services
from core.models import Event, Membership
from tests.architecture import world as worlds
from tests.architecture.world import Side, World

FILE = Path(__file__).with_name("access.tsv")
PEOPLE = ("anonymous", "guest", "contributor", "viewer", "maker", "other_maker", "leader", "ops", "admin", "deactivated")
TOKENS = ("read", "write", "revoked")
COLUMNS = (*PEOPLE, *TOKENS)
# Who had a way in and has it no longer, and whom they are like from then on: `ex_member` edited the private product and is still
# signed in; the tokens are past their day, and of somebody who was deactivated.
GONE = {"ex_member": "other_maker", "expired": "revoked", "ownerless": "revoked"}
EVERYBODY = (*COLUMNS, *GONE)
# Who may not know of the private product.
STRANGERS = ("anonymous", "guest", "contributor", "other_maker", "leader", "ops", "admin", "deactivated", "ex_member")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
NAMING = ("pk", "key", "number", "slug")  # the attributes that name a row, of those a line may speak of
PLACE = re.compile(r"<([a-z]+)\.([a-z_]+)>")


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    route: str
    method: str
    object: str
    expected: dict[str, str] = field(hash=False)  # a status, or `login`
    arguments: str
    body: str

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.object}"


@dataclass(frozen=True)
class Route:
    """One route of the URL table."""

    name: str
    pattern: str
    view: Callable

    @property
    def is_api(self) -> bool:
        """Whether it is one of the API's own, for programs."""
        return isinstance(getattr(self.view, "cls", None) or getattr(self.view, "view_class", None), type) and self.pattern.startswith(
            "api/"
        )


def lines() -> list[Line]:
    """The file's lines. Raises where one is not as described above."""
    found = []
    for number, text in enumerate(FILE.read_text(encoding="utf-8").splitlines(), 1):
        if not text.strip() or text.startswith(("#", "route\t")):
            continue
        cells = [cell.strip() for cell in text.split("\t")]
        if len(cells) < 3 + len(COLUMNS):
            raise AssertionError(f"access.tsv, line {number}: {len(cells)} cells, at least {3 + len(COLUMNS)} are needed.")
        route, method, thing, *rest = cells
        statuses, (arguments, body) = rest[: len(COLUMNS)], [*rest[len(COLUMNS) :], "", ""][:2]
        expected = {who: status for who, status in zip(COLUMNS, statuses, strict=True) if status != "."}
        expected |= {who: expected[like] for who, like in GONE.items() if like in expected}
        found.append(Line(route, method, thing, expected, arguments, body))
    return found


def readers(line: Line) -> list[str]:
    """The strangers who come further than to the sign-in page."""
    return [who for who in STRANGERS if line.expected[who] not in ("login", "401")]


def routes(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[Route]:
    """Every route of the URL table."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, here)
        else:
            view = getattr(entry.callback, "cls", None) or getattr(entry.callback, "view_class", None) or entry.callback
            yield Route(entry.name or view.__name__, here, entry.callback)


def unlisted(known: list[Line], patterns: list[URLPattern | URLResolver] | None = None) -> set[str]:
    """The routes the file says nothing of."""
    return {route.name for route in routes(patterns)} - {line.route for line in known}


class Visitor(Client):
    """A client that keeps no copy of the contexts of templates: nobody here looks at them, and copying takes a tenth of the time."""

    def request(self, **request: Any) -> HttpResponse:
        with patch("django.test.client.store_rendered_templates", lambda *_, **__: None):
            return super().request(**request)


class Visitors:
    """A signed-in client for everybody of the world; every request is taken back."""

    def __init__(self, world: World):
        self.world = world
        self.clients = {who: self._client(who) for who in (*EVERYBODY, "editor")}
        deactivated = world.people["deactivated"]
        deactivated.is_active = False
        deactivated.save(update_fields=["is_active"])

    def _client(self, who: str) -> Client:
        if who in self.world.tokens:
            return Visitor(headers={"Authorization": f"Bearer {self.world.tokens[who]}"}, raise_request_exception=True)
        client = Visitor()
        if who != "anonymous":
            client.force_login(self.world.people[who])
        return client

    def hide(self) -> None:
        """The private product is there; who edited it, and had it open, is no longer one of its people."""
        worlds.hide(self.world)
        product = self.world.private.product
        assert self.send("ex_member", "GET", reverse("product", args=[product.key])).status_code == 200
        membership = Membership.objects.get(product=product, user=self.world.people["ex_member"])
        services.end_membership(actor=self.world.people["maker"], membership=membership)

    def ask(self, line: Line, who: str, *, method: str = "", arguments: str | None = None, **options: Any) -> HttpResponse:
        """What this person is answered; nothing of the request stays."""
        side = self.world.side(line.object)
        path = path_of(line.route, line.arguments if arguments is None else arguments, side)
        return self.send(who, method or line.method, path, filled(line.body, side), **options)

    def send(
        self, who: str, method: str, path: str, body: str = "", then: Callable[[], Any] = lambda: None, **options: Any
    ) -> HttpResponse:
        """The same for any address; `answer.after` is what `then` found before it was taken back."""
        kind = "application/json" if body.startswith(("{", "[")) or path.startswith("/api/") else "application/x-www-form-urlencoded"
        headers = {"If-Match": "*"} if method in ("PUT", "PATCH", "DELETE") else {}
        client = self.clients[who]
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = client.generic(method, path, body, kind, headers=headers | options.pop("headers", {}), **options)
            answer.after = then()
            transaction.set_rollback(True)
        client.cookies = cookies
        return answer


def path_of(route: str, arguments: str, side: Side) -> str:
    """The address of a route."""
    given = filled(arguments, side)
    if given.startswith("/"):
        return given
    return reverse(route, kwargs=dict(pair.split("=", 1) for pair in given.split(",") if pair))


def filled(text: str, side: Side, names: set[str] | None = None) -> str:
    """The text with its `<model.attribute>` replaced, or only those of these names."""

    def value(found: re.Match) -> str:
        return found[0] if names is not None and found[1] not in names else str(getattr(row_called(found[1], side), found[2]))

    return PLACE.sub(value, text)


def row_called(name: str, side: Side) -> Any:
    """The row `<name.…>` stands for."""
    if name == "product":
        return side.product
    if name == "event":
        return Event.objects.filter(subject_type="core.product", subject_id=side.product.pk).first()
    if name in side.people:
        return side.people[name]
    return next(row for label, row in {**side.shared, **side.rows}.items() if label.endswith(f".{name}"))


def rows_named(text: str, side: Side) -> set[str]:
    """The names in `<name.…>` that stand for the product or a row of it, not for a person or a row of the whole organisation."""
    shared = {label.split(".")[1] for label in side.shared}
    return {found[1] for found in PLACE.finditer(text) if found[2] in NAMING} - shared - set(side.people)


def missing(text: str, names: set[str]) -> str:
    """The same text with ids and keys nothing has in place of these names'."""

    def absent(found: re.Match) -> str:
        name, attribute = found.groups()
        if name not in names:
            return found[0]
        given = {"pk": "987654321", "number": "987654321", "slug": "none7"}
        return given.get(attribute, "NONE7-1" if name == "feature" else "NONE7")

    return PLACE.sub(absent, text)


def spoken(response: HttpResponse) -> str:
    """What the file calls this answer: its status, or `login` where it leads to the sign-in page."""
    is_login = response.status_code == 302 and response["Location"].startswith(reverse("account_login") + "?")
    return "login" if is_login else str(response.status_code)


VARIES = [
    (re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+'), r"\1"),
    (re.compile(r'(data-pulse="|"seen": "|name="once" value=")[^"]+'), r"\1"),
]


def plain_body(response: HttpResponse, *paths: str) -> str:
    """The body without what differs from one request to the next, and without the addresses asked for."""
    text = response.getvalue().decode(errors="replace")  # of one that is streamed, too
    for pattern, instead in VARIES:
        text = pattern.sub(instead, text)
    for path in (*paths, response["X-Request-ID"]):
        text = text.replace(path, "")
    return text


def json_of(response: HttpResponse) -> Any:
    return json.loads(response.content)
