"""The same posts and the same forms many times at once, on a real server that is killed in the middle."""

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.drills.client import PASSWORD, Answer, Person, Program, Visitor
from tests.installation import Installation, installation
from tests.services.postgres import postgres

KEYS, TIMES = 20, 10
PEOPLE = """
from core import services
person = services.create_user(actor=None, email="races@example.com", name="Races", role="leader", password="a long enough password")
print(services.create_token(actor=person, user=person, name="Races", scopes=["read", "write"])[1])
"""
COUNTS = """
from core.models import Event, IdempotencyKey, Product
rows = Product.objects.filter(key__startswith="RACE").values_list("key", flat=True)
made = Event.objects.filter(verb="core.product_created")
print(len(rows), len(set(rows)), made.filter(door="api").count(), made.filter(door="page").count(), IdempotencyKey.objects.count())
"""


class Clients:
    """Posts under keys, every other one by a page's form, from many threads; remembers the answers, and how many were waiting at once."""

    def __init__(self, server: Installation, token: str):
        self.server, self.token = server, token
        self.cookies = Person(server.port, "races@example.com", PASSWORD).cookies
        self.answers: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.lost = self.waiting = 0
        self.first_answer = threading.Event()

    def post(self, number: int) -> None:
        """Send the post of one key; a connection that breaks is counted as lost."""
        self.waiting += 1
        try:
            answer = self.by_form(number) if number % 2 else self.by_program(number)
            self.answers[number].append((answer.status, answer.headers.get("location", "") + answer.text))
            self.first_answer.set()
        except OSError:
            self.lost += 1
        finally:
            self.waiting -= 1

    def by_program(self, number: int) -> Answer:
        with Program(self.server.port, self.token) as program:
            return program.post("/api/v1/products/", {"key": f"RACE{number}", "name": "Race"}, **{"Idempotency-Key": f"key {number}"})

    def account(self, _: int) -> int:
        """Post the same account as all the others, under no key; answers the status."""
        with Program(self.server.port, self.token) as program:
            return program.post("/api/v1/accounts/", {"name": "Race", "outside_id": "crm-7"}).status

    def by_form(self, number: int) -> Answer:
        with Visitor(self.server.port) as person:
            person.cookies = dict(self.cookies)
            return person.post("/settings/products/", key=f"RACE{number}", name="Race", visibility="open", once=f"{number:032x}")


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
        assert len(clients.answers) == KEYS
        for number, answers in clients.answers.items():
            done = 302 if number % 2 else 201
            assert len({body for status, body in answers if status == done}) == 1
            assert {status for status, _ in answers} <= ({done} if number % 2 else {done, 409})
        with ThreadPoolExecutor(16) as pool:
            known = sorted(pool.map(clients.account, range(16)))
        assert known == [200] * 15 + [201], "One makes what the others find under its id in another system."
        assert server.python(COUNTS).split() == [str(n) for n in (KEYS, KEYS, KEYS // 2, KEYS // 2, KEYS)]
