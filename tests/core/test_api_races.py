"""The same posts many times at once, on a real server that is killed in the middle."""

import http.client
import json
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.installation import Installation, installation
from tests.services.postgres import postgres

KEYS, TIMES = 20, 10
PEOPLE = """
from core import services
person = services.create_user(actor=None, email="races@example.com", name="Races", role="leader")
print(services.create_token(actor=person, user=person, name="Races", scopes=["read", "write"])[1])
"""
COUNTS = """
from core.models import Event, IdempotencyKey, Product
rows = Product.objects.filter(key__startswith="RACE").values_list("key", flat=True)
print(len(rows), len(set(rows)), Event.objects.filter(verb="core.product_created", door="api").count(), IdempotencyKey.objects.count())
"""


class Clients:
    """Posts under keys, from many threads; remembers every answer, and how many were waiting at once."""

    def __init__(self, server: Installation, token: str):
        self.server, self.token = server, token
        self.answers: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self.lost = self.waiting = 0
        self.first_answer = threading.Event()

    def post(self, number: int) -> None:
        """Send the post of one key; a connection that breaks is counted as lost."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": f"key {number}"}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        self.waiting += 1
        try:
            connection.request("POST", "/api/v1/products/", json.dumps({"key": f"RACE{number}", "name": "Race"}), headers)
            answer = connection.getresponse()
            self.answers[number].append((answer.status, answer.read()))
            self.first_answer.set()
        except (OSError, http.client.HTTPException):
            self.lost += 1
        finally:
            self.waiting -= 1
            connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The address of an empty database of each engine; blank for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with postgres() as server:
        yield server.url


@pytest.mark.drill
def test_a_post_under_a_key_takes_effect_once_through_races_and_a_kill(tmp_path, database_url):
    with installation(tmp_path, database_url=database_url) as server:
        token = server.python(PEOPLE).strip()
        server.start("web")
        clients = Clients(server, token)
        with ThreadPoolExecutor(32) as pool:
            work = [pool.submit(clients.post, n % KEYS) for n in range(KEYS * TIMES)]
            assert clients.first_answer.wait(30)
            in_flight = clients.waiting
            server.kill("web")
            for done in work:
                done.result()
        assert in_flight > 0
        assert clients.lost > 0
        server.start("web")
        for _ in range(3):
            with ThreadPoolExecutor(32) as pool:
                list(pool.map(clients.post, [n % KEYS for n in range(KEYS * TIMES)]))
        statuses = {status for answers in clients.answers.values() for status, _ in answers}
        assert 201 in statuses
        assert statuses <= {201, 409}
        assert len(clients.answers) == KEYS
        for answers in clients.answers.values():
            assert len({body for status, body in answers if status == 201}) == 1
        assert server.python(COUNTS).split() == [str(KEYS)] * 4
