"""Reading changes nothing."""

import re

import pytest
from django.db import connection

from tests.architecture.access import Line, lines

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
# Of sessions and tokens the last use, of limits the count, of share links how often they were opened (what their page tells
# whoever shared them; no event), of allauth its limits and the address it keeps of whoever follows a link.
ALLOWED = re.compile(r'"(django_session|core_apitoken|core_ratewindow|roadmaps_linkvisit|core_cache|account_emailaddress)"')
PEOPLE = ("anonymous", "guest", "maker", "admin", "read")


@pytest.mark.parametrize("line", [line for line in lines() if line.method == "GET"], ids=str)
def test_a_get_writes_nothing(line: Line, visitors):
    written = []

    def note(execute, sql, params, many, context):
        if WRITES.match(sql) and not ALLOWED.search(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for who in PEOPLE:
            visitors.ask(line, who)
    assert written == []
