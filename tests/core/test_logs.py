"""Lines of the log: JSON, each with the id of the request it belongs to."""

import json

import pytest

from core import logs


@pytest.mark.parametrize(
    ("path", "status"), [("/features/NONE-1/", 404), ("/api/v1/features/NONE-1/", 404), ("/api/v1/features/?no=1", 400)]
)
def test_a_refused_request_is_logged_with_the_id_its_answer_carries(cast, client, caplog, path, status):
    client.force_login(cast.maker)
    answer = client.get(path)
    assert answer.status_code == status
    line = json.loads(logs.formatter().format(next(record for record in caplog.records if record.name == "django.request")))
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["status_code"] == status
    assert "request" not in line
