"""The description of the API, as a document and as a page."""

from io import StringIO

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client

from core.api.problems import KINDS
from tests.core.test_api_sign_in import PRODUCTS, assert_refused


@pytest.fixture
def document(cast, program):
    response = program(cast.maker).get("/api/v1/schema/")
    assert response.status_code == 200
    return response.json()


def test_the_description_is_openapi_and_names_every_operation_once(document):
    assert document["openapi"].startswith("3.1")
    operations = [o["operationId"] for methods in document["paths"].values() for o in methods.values()]
    assert len(operations) == len(set(operations)) >= 9


def test_the_description_is_made_without_a_warning(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())
    assert capsys.readouterr().err == ""


def test_every_operation_documents_its_problems(document):
    for methods in document["paths"].values():
        for method, operation in methods.items():
            statuses = set(operation["responses"])
            assert statuses >= {"400", "401", "403", "404", "429"}
            if method in ("put", "delete"):
                assert {"412", "428"} <= statuses
            assert "application/problem+json" in operation["responses"]["404"]["content"]


def test_answers_fit_their_description(cast, program, document):
    client = program(cast.maker)
    for path, example in [("products", PRODUCTS), ("people", "/api/v1/people/"), ("events", "/api/v1/events/")]:
        schema = document["paths"][f"/api/v1/{path}/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(client.get(example).json(), {**schema, "components": document["components"]})
    problem = client.get(f"{PRODUCTS}NONE/").json()
    jsonschema.validate(problem, {**document["components"]["schemas"]["Problem"], "components": document["components"]})


def test_the_description_needs_a_sign_in(db):
    assert_refused(Client().get("/api/v1/schema/"), 401)
    assert Client().get("/api/v1/docs/").status_code == 302


def test_the_page_explains_every_operation_and_every_kind_of_problem(cast, document):
    client = Client()
    client.force_login(cast.maker)
    page = client.get("/api/v1/docs/").content.decode()
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    for kind in KINDS.values():
        assert f'id="{kind.slug}"' in page
