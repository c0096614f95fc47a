"""Visitors of a share link who send at the same moment, on a real server with each engine."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.drills.client import Visitor
from tests.installation import installation
from tests.services.postgres import postgres

SAME, OTHERS = 5, 5  # sendings of one form, and of a form each; together as many as one place may send in a while
SEED = """
from django.urls import reverse
from core import services as core
from roadmaps import services
from tests.factories.roadmaps import make_stages
stage = make_stages()[0]
actor = core.create_user(actor=None, email="ines@example.com", name="Ines Carvalho", role="admin", password="a long enough password")
product = core.create_product(actor=actor, key="PAY", name="Payments")
services.create_feature(actor=actor, product=product, title="Instant refunds", stage=stage)
audience = services.create_audience(actor=actor, name="Visitors", shows=["status"], has_outside_names=False)
roadmap = services.create_roadmap(actor=actor, name="Next", layout="list", product=product)
link, secret = services.create_link(actor=actor, roadmap=roadmap, audience=audience)
print(reverse("shared", args=[link.key, secret]))
"""
COUNTS = """
from core.models import Event
from feedback.models import Feedback, Requester
print(Feedback._base_manager.count(), Requester._base_manager.count(), Event.objects.filter(because_type="roadmaps.sharelink").count())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """The address of an empty database of each engine; blank for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with postgres() as server:
        yield server.url


@pytest.mark.drill
def test_one_form_counts_once_and_one_new_address_is_one_person_however_many_send_at_once(tmp_path, database_url):
    with installation(tmp_path, database_url=database_url) as server:
        address = server.python(SEED).split()[-1]
        server.start("web")
        with Visitor(server.port) as first:
            [item] = set(re.findall(rf"{re.escape(address)}items/[0-9a-f]{{12}}/", first.get(address).text))

        def send(number: int) -> tuple[int, str]:
            nonce = 0 if number < SAME else number
            with Visitor(server.port) as visitor:
                visitor.get(item)
                answer = visitor.post(item, text=f"Form {nonce}", email="dana@brightwater.example", once=f"{nonce:032x}")
                return answer.status, answer.headers.get("location", answer.text)

        with ThreadPoolExecutor(SAME + OTHERS) as pool:
            answers = list(pool.map(send, range(SAME + OTHERS)))
        assert set(answers) == {(302, f"{item}?said=1")}
        assert server.python(COUNTS).split() == [str(n) for n in (1 + OTHERS, 1, 1 + OTHERS)]
