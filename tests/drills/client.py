"""People and programs talking to a running Waymark over HTTP; the standard library alone, so that a client costs the machine little."""

import http.client
import json
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlencode

PASSWORD = "a long enough password"
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Answer:
    """What came back, and how many seconds it took."""

    status: int
    headers: dict[str, str]
    text: str
    seconds: float

    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """One connection, kept while it is in use; a request that dies under way raises OSError."""

    def __init__(self, port: int):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.used = 0.0
        self.headers: dict[str, str] = {}
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        """One request. Raises OSError where no whole answer came."""
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if time.monotonic() - self.used > 1:  # the server closes a connection nobody used for two seconds
            self.connection.close()
        started = time.perf_counter()
        try:
            self.connection.request(method, path, body.encode(), given)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise OSError(str(error)) from error
        seconds = time.perf_counter() - started
        self.used = time.monotonic()
        for header in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, text, seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the connection: the next request may meet another process of the server, one that has less to do."""
        self.connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)


class Visitor(Client):
    """Somebody in a browser."""

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        token = {"X-CSRFToken": self.cookies.get("waymark_csrf", ""), "Referer": f"http://127.0.0.1:{self.port}/"}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, urlencode(fields), **form, **token, **(headers or {}))


class Person(Visitor):
    """Somebody in a browser, signed in through the page."""

    def __init__(self, port: int, email: str, password: str = PASSWORD):
        super().__init__(port)
        self.get("/accounts/login/")
        answer = self.post("/accounts/login/", login=email, password=password)
        if answer.status != 302:
            raise AssertionError(f"{email} could not sign in: {answer.status}\n{shown(answer.text)[-600:]}")


class Program(Client):
    """A program with a token."""

    def __init__(self, port: int, token: str):
        super().__init__(port)
        self.headers = {"Authorization": f"Bearer {token}"}

    def patch(self, path: str, values: dict[str, Any], **headers: str) -> Answer:
        return self.send("PATCH", path, json.dumps(values), **{"Content-Type": "application/json"}, **headers)

    def post(self, path: str, values: Any, **headers: str) -> Answer:
        return self.send("POST", path, json.dumps(values), **{"Content-Type": "application/json"}, **headers)


def shown(html: str) -> str:
    """The text of a page or a part of it, spaces folded."""
    return " ".join(TAG.sub(" ", html).split())


def row_of(html: str, key: str) -> str:
    """The table row that links to the feature."""
    return next((row for row in re.split(r"(?=<tr)", html) if f">{key}<" in row), "")


def tile_of(html: str, kind: str = "value") -> tuple[bool, str]:
    """Whether the tile says it is being updated, and its `as of`."""
    part = html[html.index(f'id="tile-{kind}"') :].split("</section>")[0]
    as_of = re.search(r'<time datetime="([^"]+)"', part)
    return 'aria-busy="true"' in part and "updating" in shown(part), as_of[1] if as_of else ""
