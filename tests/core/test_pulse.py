"""An open page asks what changed since it looked: it is told the topics in its sight, and nothing of the rest."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import pulse, services
from core.models import Pulse
from core.sql import is_sqlite


def ask(client, person, seen):
    client.force_login(person)
    return client.get("/pulse/", {"seen": seen})


def test_nothing_new_is_said_without_a_word_and_in_one_statement(cast, client):
    seen = pulse.cursor()
    assert (ask(client, cast.guest, seen).status_code, ask(client, cast.maker, seen).status_code) == (204, 204)
    visible = cast.maker.rights.visible
    with CaptureQueriesContext(connection) as asked:
        assert pulse.since(seen, visible) == (seen, [])
    assert len(asked) == 1


def test_who_sees_the_product_is_told_what_kind_of_row_changed(cast, client):
    seen = pulse.cursor()
    services.change_product(actor=cast.maker, product=cast.private, name="Another name")
    news = ask(client, cast.maker, seen).json()
    assert news == {"seen": pulse.cursor(), "topics": ["core.product"]}
    assert ask(client, cast.maker, news["seen"]).status_code == 204
    assert ask(client, cast.stranger, seen).status_code == 204


def test_derived_values_have_topics_of_their_own(cast, client):
    seen = pulse.cursor()
    Pulse.objects.create(topic="score", product=cast.private)
    Pulse.objects.create(topic="tile:value")
    assert ask(client, cast.maker, seen).json()["topics"] == ["score", "tile:value"]
    assert ask(client, cast.stranger, seen).json()["topics"] == ["tile:value"]


@pytest.mark.parametrize("seen", ["", "soon", "7", "1.x"])
def test_a_cursor_nobody_can_read_is_answered_with_the_present_one(cast, client, seen):
    assert ask(client, cast.maker, seen).json() == {"seen": pulse.cursor(), "topics": []}


def test_news_is_found_by_ranges_however_long_the_record_is(cast):
    services.change_product(actor=cast.maker, product=cast.own, name="Another name")
    with CaptureQueriesContext(connection) as asked:
        pulse.since("0.0", cast.maker.rights.visible)
    with connection.cursor() as db:
        if not is_sqlite():
            db.execute("SET LOCAL enable_seqscan = off")  # which a table of a few rows deserves
        db.execute(f"EXPLAIN {'QUERY PLAN' if is_sqlite() else ''} {asked[-1]['sql']}")
        plan = "\n".join(str(row[-1]) for row in db.fetchall())
    ranges = ("event_id>?", "rowid>?") if is_sqlite() else ("Index Cond: (event_id > 0)", "Index Cond: (id > 0)")
    assert [part for part in ranges if part not in plan] == [], plan
