"""A private product makes no difference to any answer its strangers get; ids and fields beyond one's reach change nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from urllib.parse import parse_qs, urlencode

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.db import models, transaction
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError

from core.api.serializers import Body, Input, VisibleField
from core.forms import Form, ModelForm
from core.models import ChainHead, Change, Event, Versioned
from tests.architecture import world as worlds
from tests.architecture.access import PLACE, Line, Visitors, filled, lines, path_of, plain_body
from tests.architecture.world import CANARY, Side, made_models

pytestmark = pytest.mark.django_db
STRANGERS = ("anonymous", "guest", "contributor", "other_maker", "leader", "ops", "admin", "deactivated")
WRITTEN = [line for line in lines() if line.method in ("POST", "PUT", "PATCH") and line.object == "own" and line.body]
REFERRING = [line for line in WRITTEN if PLACE.search(line.body)]
READ = [line for line in lines() if line.method == "GET" and line.object != "private"]
BOOKKEEPING = {"id", "pk", "version", "created_at", "updated_at", "deleted_at", "number"}
BOOKKEEPING |= {"is_staff", "is_superuser", "password", "last_login"}


def readers(line: Line) -> list[str]:
    """The strangers who come further than to the sign-in page."""
    return [who for who in STRANGERS if line.expected[who] not in ("login", "401")]


def descendants(kind: type) -> Iterator[type]:
    """The classes made from this one, its own floor's test classes apart."""
    for child in kind.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield child
        yield from descendants(child)


# --- P3: nothing of a private product is anywhere -------------------------------------------------------------------


@pytest.fixture(scope="module")
def before_and_after(django_db_setup, django_db_blocker) -> Iterator[tuple[dict, Visitors]]:
    """What strangers read while there is no private product, and everybody once there is one."""
    # The clock stands still, because pages say how long ago something was.
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        world = worlds.build(with_private=False)
        visitors = Visitors(world)
        before = {(str(line), who): visitors.ask(line, who) for line in READ for who in readers(line)}
        worlds.hide(world)
        yield before, visitors
        transaction.set_rollback(True)


@pytest.mark.parametrize("line", [line for line in lines() if line.method == "GET"], ids=str)
def test_a_private_product_makes_no_difference_to_what_a_stranger_reads(line: Line, before_and_after):
    """Nor does any of its text reach them, on its own addresses either."""
    before, visitors = before_and_after
    secrets = visitors.world.private.canaries
    for who in readers(line):
        now, then = visitors.ask(line, who), before.get((str(line), who))
        assert {secrets[text] for text in CANARY.findall(everything(now)) if text in secrets} == set(), who
        if line in READ:
            assert plain_body(now) == plain_body(then), who
            assert now.status_code == then.status_code, who


def test_the_canaries_are_read_by_who_may_see_them(before_and_after):
    """Else the test above would pass on empty pages."""
    _, visitors = before_and_after
    secrets = visitors.world.private.canaries
    read = {text for line in lines() if line.method == "GET" for text in CANARY.findall(everything(visitors.ask(line, "maker")))}
    assert {"core.product.name", "roadmaps.feature.title"} <= {secrets[text] for text in read if text in secrets}


def everything(answer: HttpResponse) -> str:
    return answer.content.decode(errors="replace") + str(answer.headers)


def test_every_model_has_a_private_row(before_and_after):
    _, visitors = before_and_after
    private = visitors.world.private
    assert {model._meta.label_lower for model in made_models()} - set(private.rows) - set(private.shared) == set()


# --- P5: another product's ids --------------------------------------------------------------------------------------


def form_choices() -> list[tuple[type, str]]:
    import_module(settings.ROOT_URLCONF)  # every form is there by then
    found = [(form, name) for form in [*descendants(Form), *descendants(ModelForm)] for name in form.base_fields]
    return [(form, name) for form, name in found if isinstance(form.base_fields[name], forms.ModelChoiceField)]


@pytest.mark.parametrize(("form", "name"), form_choices(), ids=lambda value: getattr(value, "__qualname__", value))
def test_a_form_offers_only_what_its_reader_sees(form, name, before_and_after):
    _, visitors = before_and_after
    assert name in form.choices_for, f"{form.__name__}.{name} offers rows without saying whose."
    for who in ("other_maker", "leader", "ops", "admin", "contributor", "guest"):
        rows = form.choices_for[name](visitors.world.people[who])
        assert rows._is_scoped, who
        assert hidden_among(rows, visitors) == set(), who


def test_the_api_takes_only_references_its_caller_sees(before_and_after, rf):
    _, visitors = before_and_after
    checked = 0
    for kind in [*(kind for kind in descendants(Input) if hasattr(kind, "Meta")), *descendants(Body)]:
        for name, field in kind().fields.items():
            reference = getattr(field, "child_relation", field)
            if not isinstance(reference, VisibleField):
                assert not hasattr(reference, "queryset") or reference.read_only, f"{kind.__name__}.{name} reads any row."
                continue
            for who in ("other_maker", "leader", "contributor", "guest"):
                request = rf.post("/")
                request.user = visitors.world.people[who]
                reference._context = {"request": request}
                reference.parent = None
                for row in private_rows(reference.model, visitors):
                    with pytest.raises(ValidationError):
                        reference.to_internal_value(getattr(row, reference.slug_field))
                    checked += 1
    assert checked > 100


def hidden_among(rows: models.QuerySet, visitors: Visitors) -> set:
    """The private product's rows in the queryset."""
    return {row.pk for row in private_rows(rows.model, visitors)} & set(rows.values_list("pk", flat=True))


def private_rows(model: type[models.Model], visitors: Visitors) -> list[models.Model]:
    """The rows of this model that hang on the private product, or are it."""
    private, name = visitors.world.private, model._meta.label_lower
    return ([private.product] if name == "core.product" else []) + [row for label, row in private.rows.items() if label == name]


@pytest.mark.parametrize("line", REFERRING, ids=str)
def test_another_products_ids_are_refused_wherever_they_are_sent(line: Line, before_and_after):
    """The own product's address with the private product's rows in the body."""
    _, visitors = before_and_after
    world = visitors.world
    body, path = filled(line.body, world.private), path_of(line.route, line.arguments, world.own)
    if body == filled(line.body, world.own):
        return  # it refers to rows of the whole organisation alone
    for who in ("other_maker", "leader", "ops", "admin"):
        before = events()
        answer = visitors.send(who, line.method, path, body, then=events)
        # A bulk edit answers well and lists what it left alone.
        assert answer.status_code in (400, 403, 404, 409, 422) or answer.after == before, f"{who}: {answer.status_code}"


def events() -> int:
    """How many there are."""
    return ChainHead.objects.get(pk=1).number


# --- P6: fields nobody offered --------------------------------------------------------------------------------------


def test_no_input_takes_what_only_the_product_itself_may_write():
    taken = {}
    for kind in [*descendants(Input), *descendants(forms.ModelForm)]:
        model = getattr(getattr(kind, "Meta", None), "model", None)
        if model is None or not issubclass(model, Versioned):
            continue
        reserved = (BOOKKEEPING | set(model.derived)) & set(kind().fields if issubclass(kind, Input) else kind.base_fields)
        if reserved - {"version"}:
            taken[kind.__name__] = reserved
    assert taken == {}


@pytest.mark.parametrize("line", WRITTEN, ids=str)
def test_fields_that_were_not_offered_change_nothing(line: Line, before_and_after):
    """Sent along: every column of the rows at hand. They are refused by name, or not read."""
    _, visitors = before_and_after
    side = visitors.world.own
    path, body = path_of(line.route, line.arguments, side), filled(line.body, side)
    columns = {
        f.name
        for row in (*side.rows.values(), side.product)
        if row._meta.model_name in line.route + line.arguments
        for f in row._meta.fields
    }
    if body.startswith("{"):
        more = json.dumps(dict.fromkeys(BOOKKEEPING | columns, 7) | json.loads(body))
        plainly, laden = (visitors.send("maker", line.method, path, text, then=recorded) for text in (body, more))
        assert laden.status_code == 400 or laden.after == plainly.after
        return
    more = urlencode(
        {name: 7 for name in (BOOKKEEPING | columns) - {"version", *parse_qs(body)} if name in BOOKKEEPING or name in derived_of(side)}
    )
    plainly, laden = (visitors.send("maker", line.method, path, text, then=recorded) for text in (body, f"{body}&{more}"))
    assert (laden.status_code, laden.after) == (plainly.status_code, plainly.after)


JSON_WRITTEN = [line for line in WRITTEN if line.body.startswith("{")]
WRITERS = ("maker", "ops", "leader", "contributor", "admin")


@pytest.mark.parametrize("line", JSON_WRITTEN, ids=str)
def test_a_field_that_is_not_offered_is_refused_by_its_name(line: Line, before_and_after):
    """Sent beside a body that is good: one more field at a time is enough to refuse it, whoever sends it, and nothing is written."""
    _, visitors = before_and_after
    side = visitors.world.own
    path, body = path_of(line.route, line.arguments, side), json.loads(filled(line.body, side))
    for who in (who for who in WRITERS if line.expected[who][0] == "2"):
        plainly = visitors.send(who, line.method, path, json.dumps(body), then=recorded)
        assert plainly.status_code < 300, who
        for more in ("is_staff", "deleted_at", "created_at", "nobody_offered_this"):
            before = events()
            answer = visitors.send(who, line.method, path, json.dumps(body | {more: 7}), then=events)
            assert answer.status_code == 400, f"{who}: {more}"
            assert more in answer.content.decode(), f"{who}: {more} is not named"
            assert answer.after == before, f"{who}: {more}"


def derived_of(side: Side) -> set[str]:
    """Every column that follows from others."""
    return {name for row in side.rows.values() for name in getattr(row, "derived", ())}


def recorded() -> list[tuple]:
    """What the newest event wrote."""
    newest = Event.objects.order_by("-number").first()
    return [
        (c.subject_type, c.before is None, sorted(c.after or {}))
        for c in Change.objects.filter(event=newest).order_by("subject_type", "subject_id")
    ]
