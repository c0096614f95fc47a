"""A private product makes no difference to any answer its strangers get; ids and fields beyond one's reach change nothing."""

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from urllib.parse import urlencode

import pytest
import time_machine
from django import forms, http
from django.conf import settings
from django.core.handlers import wsgi
from django.db import models, transaction
from django.http import HttpResponse, QueryDict
from rest_framework.exceptions import ValidationError

from core.api.serializers import Body, Input, VisibleField
from core.forms import Form, ModelForm
from core.models import ChainHead, Change, Event, Versioned
from tests.architecture import world as worlds
from tests.architecture.access import (
    PLACE,
    Line,
    Visitors,
    filled,
    json_of,
    lines,
    missing,
    path_of,
    plain_body,
    readers,
    routes,
    rows_named,
)
from tests.architecture.world import CANARY, Side, made_models

pytestmark = pytest.mark.django_db
WRITTEN = [line for line in lines() if line.method in ("POST", "PUT", "PATCH") and line.object == "own" and line.body]
JSON_WRITTEN = [line for line in WRITTEN if line.body.startswith("{")]
REFERRING = [line for line in WRITTEN if PLACE.search(line.body)]
NESTED = [line for line in lines() if line.object == "own" and len(PLACE.findall(line.arguments)) > 1]
# `editor` edits the open product, and does not know of the private one.
# For owners, for who brought the file in, and for whose roadmap it is.
NOT_FOR_EDITORS = {
    "share-links", "api-share-links-list", "settings-members", "api-import-mappings-list", "api-snapshots-list", "roadmap-comparison-mails",
    "custom-fields", "api-custom-fields-list", "api-roadmaps-comparison-mails",
}  # fmt: skip
INTRUDERS = ("editor", "other_maker", "leader", "ops", "admin")
READ = [line for line in lines() if line.method == "GET" and line.object != "private"]
BOOKKEEPING = {"id", "pk", "version", "created_at", "updated_at", "deleted_at", "number"}
BOOKKEEPING |= {"is_staff", "is_superuser", "password", "last_login"}


def descendants(kind: type) -> Iterator[type]:
    """The classes made from this one, its own floor's test classes apart."""
    for child in kind.__subclasses__():
        if not child.__module__.startswith("tests."):
            yield child
        yield from descendants(child)


# --- Nothing of a private product is anywhere -----------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One stranger's question: a line of the file, with more in its address."""

    line: Line
    who: str
    query: str = ""

    def answered(self, visitors: Visitors) -> tuple[int, str]:
        """The status, and the body."""
        answer = self.put(visitors)
        return answer.status_code, plain_body(answer)

    def put(self, visitors: Visitors) -> HttpResponse:
        path = path_of(self.line.route, self.line.arguments, visitors.world.side(self.line.object))
        return visitors.send(self.who, "GET", f"{path}{'&' if '?' in path else '?'}{self.query}" if self.query else path)


@pytest.fixture(scope="module")
def before_and_after(django_db_setup, django_db_blocker) -> Iterator[tuple[dict[Asked, tuple[int, str]], Visitors]]:
    """What strangers read while there is no private product, and everybody once there is one."""
    # The clock stands still, because pages say how long ago something was.
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        visitors = Visitors(worlds.build())
        before, looked_for = {}, {}
        for line in READ:
            with listening(wsgi) as looked_for[line]:
                before |= {(asked := Asked(line, who)): asked.answered(visitors) for who in readers(line)}
        with transaction.atomic():
            worlds.hide(visitors.world)
            more = list(probes(looked_for, visitors.world.private))
            transaction.set_rollback(True)
        before |= {asked: asked.answered(visitors) for asked in more}
        visitors.hide()
        yield before, visitors
        transaction.set_rollback(True)


@contextmanager
def listening(read_by: ModuleType) -> Iterator[set[str]]:
    """Fills with the names that views look for meanwhile: in addresses, read by `wsgi`, or in forms, read by `http.request`."""
    names = set()

    class Listening(QueryDict):
        def __getitem__(self, name):
            if name != "urlencode":  # a template looks for a key before it calls the method
                names.add(str(name))
            return super().__getitem__(name)

        def getlist(self, name, default=None):
            names.add(name)
            return super().getlist(name, default)

        def __contains__(self, name):
            names.add(name)
            return super().__contains__(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_by, "QueryDict", Listening)
        yield names


def probes(looked_for: dict[Line, set[str]], side: Side) -> Iterator[Asked]:
    """The private product's ids, keys and words in every parameter that is looked for, the strangers who are let in asking in turn."""
    turn = itertools.count()
    for line, names in looked_for.items():
        let_in = [who for who in readers(line) if line.expected[who] == "200"]
        # The other comparisons of a parameter read the same rows.
        for name in sorted(name for name in names if let_in and name.partition("__")[0] not in names - {name}):
            for value in values_for(name, line, side):
                yield Asked(line, let_in[next(turn) % len(let_in)], urlencode({name: value}))


def values_for(name: str, line: Line, side: Side) -> tuple[str, str]:
    """Id and key of the row the parameter is called by; else id and a text of one the route is called by, or of a feature."""
    rows = {"product": side.product} | {label.split(".")[1]: row for label, row in side.rows.items()}
    row = rows.get(name.split("__")[0])
    if row is not None and hasattr(row, "key"):
        return str(row.pk), row.key
    called = (model for model in sorted(rows, key=len, reverse=True) if model in line.route.replace("-", ""))
    row = row or rows[next(called, "feature")]
    return str(row.pk), next((value for value in vars(row).values() if isinstance(value, str) and CANARY.search(value)), side.product.key)


@pytest.mark.parametrize("line", [line for line in lines() if line.method == "GET" and line.object == "private"], ids=str)
def test_nothing_of_a_private_product_reaches_a_stranger_at_its_own_addresses(line: Line, before_and_after):
    _, visitors = before_and_after
    for who in readers(line):
        assert leaked(Asked(line, who).put(visitors), visitors) == set(), who


@pytest.mark.parametrize("line", READ, ids=str)
def test_a_private_product_makes_no_difference_to_what_a_stranger_reads(line: Line, before_and_after):
    """Whatever they ask for: its ids, keys and words among it."""
    before, visitors = before_and_after
    for asked in (asked for asked in before if asked.line is line):
        answer = asked.put(visitors)
        assert (answer.status_code, plain_body(answer)) == before[asked], f"{asked.who}: {asked.query}"
        if not asked.query:
            assert leaked(answer, visitors) == set(), asked.who


def leaked(answer: HttpResponse, visitors: Visitors) -> set[str]:
    """The private product's fields of which something stands in the answer, but for the address asked for."""
    secrets = visitors.world.private.canaries
    return {secrets[found] for found in CANARY.findall(everything(answer)) if found in secrets}


def test_the_canaries_are_read_by_who_may_see_them(before_and_after):
    """Else the test above would pass on empty pages."""
    _, visitors = before_and_after
    secrets = visitors.world.private.canaries
    private = [line for line in lines() if line.method == "GET" and line.object == "private"]
    read = {text for line in private for text in CANARY.findall(everything(visitors.ask(line, "maker")))}
    assert {"core.product.name", "roadmaps.feature.title"} <= {secrets[text] for text in read if text in secrets}


def everything(answer: HttpResponse) -> str:
    """Body and headers, but for the address asked for."""
    path = answer.request["PATH_INFO"]
    return plain_body(answer, path) + str(answer.headers).replace(path, "")


def test_every_model_has_a_private_row(before_and_after):
    _, visitors = before_and_after
    private = visitors.world.private
    assert {model._meta.label_lower for model in made_models()} - set(private.rows) - set(private.shared) == set()


# --- Another product's ids ------------------------------------------------------------------------------------------


def form_choices() -> list[tuple[type, str]]:
    import_module(settings.ROOT_URLCONF)  # every form is there by then
    found = [(form, name) for form in [*descendants(Form), *descendants(ModelForm)] for name in form.base_fields]
    return [(form, name) for form, name in found if isinstance(form.base_fields[name], forms.ModelChoiceField)]


@pytest.mark.parametrize(("form", "name"), form_choices(), ids=lambda value: getattr(value, "__qualname__", value))
def test_a_form_offers_only_what_its_reader_sees(form, name, before_and_after):
    _, visitors = before_and_after
    assert name in form.choices_for, f"{form.__name__}.{name} offers rows without saying whose."
    for who in (*INTRUDERS, "contributor", "guest"):
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
            for who in ("editor", "leader", "contributor", "guest"):
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
    """One row of the private product at a time among the own one's: answered as if it were not there, and nothing is written."""
    _, visitors = before_and_after
    own, private = visitors.world.own, visitors.world.private
    path = path_of(line.route, line.arguments, own)
    assert visitors.send("editor", line.method, path, filled(line.body, own)).status_code < 400 or line.route in NOT_FOR_EDITORS
    for name in rows_named(line.body, own):
        absent = filled(missing(line.body, {name}), own)
        hidden = filled(filled(line.body, private, {name}), own)
        for who in INTRUDERS:
            before = events()
            answer = visitors.send(who, line.method, path, hidden, then=events)
            assert answer.after == before, f"{who}: {name}"
            assert shown(answer, private) == shown(visitors.send(who, line.method, path, absent), private), f"{who}: {name}"


def shown(answer: HttpResponse, side: Side) -> tuple[int, str]:
    """Status and body, with this side's ids and keys as those of what is not there."""
    text = re.sub(rf"(?<!\d){worlds.HIDDEN_IDS // 1000}\d{{3}}(?!\d)", "987654321", plain_body(answer))
    return answer.status_code, text.replace(side.product.key, "NONE7")


@pytest.mark.parametrize("line", JSON_WRITTEN, ids=str)
def test_no_relation_the_api_writes_takes_a_row_out_of_sight(line: Line, before_and_after):
    """Each relation of the body's input, whether the line's own body names it or not."""
    _, visitors = before_and_after
    side = visitors.world.own
    kind = input_of(line)
    path, body = path_of(line.route, line.arguments, side), json.loads(filled(line.body, side))
    refusals = {400, 403} | ({404} if line.expected["viewer"] == "404" else set())  # a row of one's own is its owner's
    for name, field in (kind().fields if kind else {}).items():
        reference = getattr(field, "child_relation", field)
        if not isinstance(reference, VisibleField) or field.read_only:
            continue
        for row in private_rows(reference.model, visitors):
            value = getattr(row, reference.slug_field)
            before = events()
            sent = json.dumps(body | {name: value if reference is field else [value]})
            answer = visitors.send("editor", line.method, path, sent, then=events)
            assert (answer.status_code in refusals, answer.after) == (True, before), f"{name}: {answer.status_code}"


@pytest.mark.parametrize("line", NESTED, ids=str)
def test_an_address_made_of_two_products_leads_nowhere(line: Line, before_and_after):
    """Not even for who may edit both."""
    _, visitors = before_and_after
    own, private = visitors.world.own, visitors.world.private
    whole = {path_of(line.route, line.arguments, side) for side in (own, private)}
    for name in rows_named(line.arguments, own):
        path = path_of(line.route, filled(line.arguments, private, {name}), own)
        for who in ("maker", "editor") if path not in whole else ():
            before = events()
            answer = visitors.send(who, line.method, path, filled(line.body, own), then=events)
            assert (answer.status_code, answer.after) == (404, before), f"{who}: {name}"


def events() -> int:
    """How many there are."""
    return ChainHead.objects.get(pk=1).number


# --- Fields nobody offered ------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("line", [line for line in WRITTEN if line not in JSON_WRITTEN], ids=str)
def test_fields_that_a_form_does_not_offer_change_nothing(line: Line, before_and_after):
    """Sent along: every column of the rows at hand, and what no form may offer. The rows are afterwards as without them."""
    _, visitors = before_and_after
    side = visitors.world.own
    rows = [row for row in (*side.rows.values(), side.product) if row._meta.model_name in f"{line.route}{line.arguments}{line.body}"]
    path, body = path_of(line.route, line.arguments, side), filled(line.body, side)
    with listening(http.request) as looked_for:
        plainly = visitors.send("maker", line.method, path, body, then=lambda: written(rows))
    reserved = BOOKKEEPING - {"version"} | derived_of(side)
    assert looked_for & reserved == set()
    more = urlencode(dict.fromkeys((reserved | {f.name for row in rows for f in row._meta.fields}) - looked_for, 7))
    laden = visitors.send("maker", line.method, path, f"{body}&{more}", then=lambda: written(rows))
    assert (laden.status_code, laden.after) == (plainly.status_code, plainly.after)


def written(rows: list[models.Model]) -> list:
    """What the newest event wrote, and these rows as they are stored."""
    stored = [list(type(row)._base_manager.filter(pk=row.pk).values()) for row in rows]
    return [*recorded(), stored]


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
        for more in ({"is_staff"}, {"nobody_offered_this"}, not_offered(line, body, side)):
            before = events()
            answer = visitors.send(who, line.method, path, json.dumps(body | dict.fromkeys(more, 7)), then=events)
            assert (answer.status_code, answer.after) == (400, before), f"{who}: {more}"
            assert more <= {error["field"] for error in json_of(answer)["errors"]}, f"{who}: not all are named"


def not_offered(line: Line, body: dict, side: Side) -> set[str]:
    """What nobody may send, and the columns of the rows at hand that the line's input does not read."""
    kind = input_of(line)
    columns = {f.name for row in side.rows.values() if row._meta.model_name in line.arguments for f in row._meta.fields} if kind else set()
    return (BOOKKEEPING | derived_of(side) | columns) - {"version"} - set(kind().fields if kind else ()) - set(body)


def input_of(line: Line) -> type[Input] | None:
    """What reads the line's body, where it is the row itself."""
    if not line.route.endswith(("-list", "-detail")):
        return None
    view = next(route.view.cls for route in routes() if route.name == line.route)
    return view.create_input if line.method == "POST" else view.change_input


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
