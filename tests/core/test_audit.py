"""The record is closed to the application, and whoever gets past that with the database in their own hands is found out."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from core import audit, clock
from core.acts import digest_of_changes
from core.models import ChainHead, Change, Event
from core.services import change_product

EVENTS = 6
TRIGGERS = ("core_event_fixed", "core_event_kept", "core_change_kept", "core_change_fixed")


@pytest.fixture
def record(cast):
    """Six events of one change each: a product gets six names."""
    for turn in range(1, EVENTS + 1):
        change_product(actor=cast.maker, product=cast.own, name=f"Name {turn}")
    assert list(audit.broken_links()) == []


@pytest.fixture
def intruder(record):
    """The triggers are off, as for whoever has the database file, or owns the tables, in their own hands."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in TRIGGERS:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
            cursor.execute("ALTER TABLE core_event DISABLE TRIGGER USER; ALTER TABLE core_change DISABLE TRIGGER USER")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def faults(*options: str) -> list[str]:
    """What `audit verify` prints before the head and the count, which fails where it prints anything there."""
    out = StringIO()
    try:
        call_command("audit", "verify", *options, stdout=out)
        code = 0
    except CommandError as error:
        code = error.returncode
    *found, head, count = out.getvalue().splitlines()
    assert head == f"head {audit.head()}"
    assert count == f"{len(found)} faults"
    assert code == (1 if found else 0)
    return found


def test_what_is_written_while_the_record_is_read_is_no_fault(record, cast):
    written = []

    def write_meanwhile(execute, sql, params, many, context):
        if 'FROM "core_chainhead"' in sql and not written:
            written.append(sql)
            change_product(actor=cast.maker, product=cast.own, name="Meanwhile")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(write_meanwhile):
        assert list(audit.broken_links()) == []
    assert written


def remove_events(**which) -> None:
    Change.objects.filter(**{f"event__{name}": value for name, value in which.items()}).delete()
    Event.objects.filter(**which).delete()


def hash_anew(first: int) -> None:
    """Every event from this one on gets the hash that follows from what now stands there, as somebody who knows the code would do it."""
    previous = Event.objects.get(number=first - 1).hash
    for event in Event.objects.filter(number__gte=first).order_by("number"):
        digest = digest_of_changes(list(Change.objects.filter(event=event).order_by("id")))
        event.changes_digest = digest
        previous = event.hash_over(previous)
        Event.objects.filter(pk=event.pk).update(changes_digest=digest, hash=previous)


# --- what the application itself cannot do ---------------------------------------------------------------------------------------


REFUSED = {
    "an event is changed": lambda: Event.objects.filter(number=2).update(verb="core.something_else"),
    "an event is changed into itself": lambda: Event.objects.filter(number=2).update(verb=Event.objects.get(number=2).verb),
    "an event is removed": lambda: Event.objects.filter(number=EVENTS)._raw_delete(connection.alias),
    "a change gets another value": lambda: Change.objects.filter(event_id=2).update(after={"name": "Another"}),
    "a change gets another salt": lambda: Change.objects.filter(event_id=2).update(before=None, after=None, salt="another"),
    "a change is emptied in half": lambda: Change.objects.filter(event_id=2).update(before=None, salt=""),
    "an emptied change loses its digest": lambda: Change.objects.filter(event_id=2).update(before=None, after=None, salt="", digest=""),
    "an emptied change goes to another event": lambda: Change.objects.filter(event_id=2).update(
        before=None, after=None, salt="", event_id=3
    ),
    "a change is removed": lambda: Change.objects.filter(event_id=2)._raw_delete(connection.alias),
}


@pytest.mark.parametrize("attempted", REFUSED)
def test_the_database_refuses_the_application_what_would_rewrite_the_record(record, attempted):
    with pytest.raises(Error, match=r"cannot be|can only be|append-only"), transaction.atomic():
        REFUSED[attempted]()
    assert faults() == []
    assert (Event.objects.count(), Change.objects.count()) == (EVENTS, EVENTS)


def test_a_change_that_the_database_lets_be_emptied_is_found_for_nothing_says_that_somebody_was_erased(record):
    change = Change.objects.get(event_id=2)
    assert Change.objects.filter(pk=change.pk).update(before=None, after=None, salt="") == 1
    assert faults() == [f"event 2: the values of core.product {change.subject_id} were altered"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_truncate_the_record(record):
    for statement in ("TRUNCATE core_change", "TRUNCATE core_event CASCADE", "TRUNCATE core_event, core_change"):
        with pytest.raises(Error, match="append-only"), transaction.atomic():  # a table with checks still to come is refused otherwise
            connection.cursor().execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")
    assert faults() == []


# --- what an intruder does --------------------------------------------------------------------------------------------------


def test_a_record_nobody_touched_has_no_faults(intruder):
    assert faults() == []


EVENT_FIELDS = {
    "at": lambda: clock.now() - timedelta(days=1),
    "written_at": lambda: clock.now() - timedelta(days=1),
    "actor_id": lambda: None,
    "door": lambda: "api",
    "verb": lambda: "core.something_else",
    "subject_type": lambda: "core.user",
    "subject_id": lambda: 999,
    "request_id": lambda: "another",
    "because_type": lambda: "core.product",
    "because_id": lambda: 7,
    "because_label": lambda: "A reason",
    "undoes": lambda: 1,
}
ITS_HASH = "event 3: its hash does not follow from event 2"


@pytest.mark.parametrize("name", EVENT_FIELDS)
def test_an_altered_event_is_found(intruder, name):
    assert Event.objects.filter(number=3).update(**{name: EVENT_FIELDS[name]()}) == 1
    assert faults() == [ITS_HASH]


def test_every_column_of_an_event_is_tried_or_is_itself_a_digest():
    columns = {field.attname for field in Event._meta.concrete_fields}
    assert columns - set(EVENT_FIELDS) == {"number", "changes_digest", "hash"}


def test_an_altered_digest_or_hash_of_an_event_is_found(intruder):
    Event.objects.filter(number=3).update(changes_digest="0" * 64)
    assert faults() == ["event 3: its changes are not those it was written with", ITS_HASH]
    hash_anew(3)
    Event.objects.filter(number=5).update(hash="0" * 64)
    assert "event 5: its hash does not follow from event 4" in faults()
    assert "event 6: its hash does not follow from event 5" in faults()


CHANGE_FIELDS = {
    "subject_type": "core.user",
    "subject_id": 999,
    "product_id": None,
    "version_after": 77,
    "before": {"name": "Another"},
    "after": {"name": "Another"},
    "salt": "another",
}


@pytest.mark.parametrize("name", CHANGE_FIELDS)
def test_an_altered_change_is_found(intruder, name):
    assert Change.objects.filter(event_id=3).update(**{name: CHANGE_FIELDS[name]}) == 1
    (said,) = faults()
    assert said.startswith("event 3: the values of core.")
    assert said.endswith(" were altered")


def test_every_column_of_a_change_is_tried_or_binds_it_to_its_event():
    assert {field.attname for field in Change._meta.concrete_fields} - set(CHANGE_FIELDS) == {"id", "event_id", "digest"}


def test_a_change_with_a_digest_that_fits_its_altered_values_is_found_by_its_event(intruder):
    change = Change.objects.get(event_id=3)
    change.after = {"name": "Another"}
    Change.objects.filter(pk=change.pk).update(after=change.after, digest=change.digest_of_values())
    assert faults() == ["event 3: its changes are not those it was written with"]


def test_a_removed_event_is_found(intruder):
    remove_events(number=3)
    assert faults() == ["event 3 to 3: missing", "event 4: its hash does not follow from event 3"]


def test_the_removed_beginning_is_found(intruder):
    remove_events(number__lte=2)
    assert faults() == ["event 1 to 2: missing", "event 3: its hash does not follow from event 2"]


def test_a_removed_change_is_found(intruder):
    Change.objects.filter(event_id=3).delete()
    assert faults() == ["event 3: its changes are not those it was written with"]


def test_an_added_change_is_found(intruder):
    change = Change.objects.get(event_id=3)
    change.pk = None
    change.save(force_insert=True)
    assert faults() == ["event 3: its changes are not those it was written with"]


def test_two_events_that_changed_places_are_found(intruder):
    columns = [field.attname for field in Event._meta.concrete_fields if field.attname != "number"]
    third, fourth = (Event.objects.filter(number=number).values(*columns).get() for number in (3, 4))
    Event.objects.filter(number=3).update(**fourth)
    Event.objects.filter(number=4).update(**third)
    found = faults()
    for number in (3, 4):
        assert f"event {number}: its changes are not those it was written with" in found
        assert f"event {number}: its hash does not follow from event {number - 1}" in found


def test_two_changes_that_changed_places_are_found(intruder):
    third, fourth = Change.objects.get(event_id=3), Change.objects.get(event_id=4)
    Change.objects.filter(pk=third.pk).update(event_id=4)
    Change.objects.filter(pk=fourth.pk).update(event_id=3)
    assert faults() == [f"event {number}: its changes are not those it was written with" for number in (3, 4)]


@pytest.mark.parametrize("last", [0, 4, EVENTS - 1])
def test_a_cut_off_end_is_found_against_the_head(intruder, last):
    remove_events(number__gt=last)
    assert faults() == [f"the chain ends at event {last}, its head says {EVENTS}"]


def test_an_added_end_is_found_against_the_head(intruder):
    event = Event.objects.get(number=EVENTS)
    event.number, event.changes_digest = EVENTS + 1, digest_of_changes([])
    previous, event.hash = event.hash, ""
    event.hash = event.hash_over(previous)
    event.save(force_insert=True)
    assert faults() == [f"the chain ends at event {EVENTS + 1}, its head says {EVENTS}"]


def test_an_end_written_anew_with_hashes_that_follow_is_found_against_the_head(intruder):
    Event.objects.filter(number=3).update(verb="core.something_else")
    hash_anew(3)
    assert faults() == [f"event {EVENTS}: the head's hash is not its hash"]
    ChainHead.objects.update(hash="")
    assert faults() == [f"event {EVENTS}: the head's hash is not its hash"]


def test_an_end_cut_off_together_with_the_head_is_found_by_a_head_that_was_kept(intruder):
    kept, early = audit.head(), f"4:{Event.objects.get(number=4).hash}"
    assert kept.startswith(f"{EVENTS}:")
    assert faults("--head", kept) == faults("--head", early) == []
    remove_events(number__gt=4)
    ChainHead.objects.update(number=4, hash=Event.objects.get(number=4).hash)
    assert faults() == faults("--head", early) == []
    assert faults("--head", kept) == [f"event {EVENTS}: missing, though its hash was kept; the end of the record was cut off"]


def test_an_end_written_anew_together_with_the_head_is_found_by_a_head_that_was_kept(intruder):
    kept, early = audit.head(), f"2:{Event.objects.get(number=2).hash}"
    Event.objects.filter(number=3).update(verb="core.something_else")
    hash_anew(3)
    ChainHead.objects.update(hash=Event.objects.get(number=EVENTS).hash)
    assert faults() == faults("--head", early) == []
    assert faults("--head", kept) == [f"event {EVENTS}: its hash is not the one that was kept; the record was written anew"]


@pytest.mark.parametrize("given", ["", "6", "6:", ":" + "0" * 64, "six:" + "0" * 64, "6:" + "0" * 63, "6:" + "g" * 64, "-6:" + "0" * 64])
def test_what_is_no_head_is_refused_in_a_sentence(given):
    with pytest.raises(CommandError, match=r"is no head: it is written NUMBER:HASH, the hash of 64 characters"):
        call_command("audit", "verify", f"--head={given}")


def test_each_fault_is_told_when_there_are_several(intruder):
    Event.objects.filter(number=2).update(verb="core.something_else")
    Change.objects.filter(event_id=5).update(after={"name": "Another"})
    ChainHead.objects.update(number=EVENTS + 1)
    said = " / ".join(faults())
    for part in ("event 2: its hash", "event 5: the values", f"its head says {EVENTS + 1}"):
        assert part in said
