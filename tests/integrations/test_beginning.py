"""What the first person of an empty installation finds: enough to plan, score and write with, and nothing twice."""

from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from core import derivation
from core.letters import invitation_link
from core.models import Role
from core.services import invite
from documents.models import Template
from prioritization.models import Criterion, ScoringModel
from roadmaps.models import Feature, Stage

pytestmark = pytest.mark.django_db


def come_in(client, address: str, role: str = Role.ADMIN) -> None:
    link = invitation_link(invite(actor=None, email=address, role=role))
    answer = client.post(urlsplit(link).path, {"name": "Somebody", "password": "quite a long one"})
    assert answer.status_code == 302


def send(client, path: str, values: dict) -> dict:
    answer = client.post(path, values, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_the_first_person_plans_scores_and_writes_without_anything_being_set_up(client):
    come_in(client, "first@example.com")
    send(client, "/api/v1/products/", {"key": "PAY", "name": "Payments"})
    key = send(client, "/api/v1/features/", {"product": "PAY", "title": "Pay by link", "effort_likely": "4"})["key"]
    impact = Criterion.objects.get(key="impact")
    send(client, "/api/v1/ratings/", {"feature": key, "criterion": impact.pk, "value": "5"})
    row = Feature.objects.get(key=key)
    assert (row.stage.slug, row.score_completeness) == ("discovery", 1)
    # 35 of impact at its best, 20 of low effort at (20 − 4) ⁄ (20 − 1), nothing of demand and alignment
    assert abs(row.score - (35 + 20 * Decimal(16) / 19)) < Decimal("0.00001")
    assert f">{key}<" in client.get("/priorities/").content.decode()
    template = Template.objects.get(name="Product requirements")
    assert client.post("/documents/new/", {"feature": key, "template": template.pk}).status_code == 302
    derivation.run_pass()
    assert not any(derivation.verify().values())


def test_who_comes_later_finds_what_is_there(client):
    come_in(client, "first@example.com")
    come_in(client, "second@example.com", Role.MAKER)
    assert (Stage.objects.count(), ScoringModel.objects.count(), Template.objects.count()) == (7, 1, 2)
