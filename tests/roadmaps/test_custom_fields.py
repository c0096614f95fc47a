"""Custom fields in the workbench: as columns, filters, groups and cells, in forms, in files, and under Settings."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import services
from core.exceptions import RuleBroken
from core.models import CustomField, CustomValue, Event
from core.undo import undo_event
from roadmaps.filters import FeatureFilter
from roadmaps.models import Feature
from roadmaps.services import change_feature
from tests.factories.core import MembershipFactory
from tests.factories.roadmaps import FeatureFactory

SUBJECT = "roadmaps.feature"
KINDS = {
    "note": ("text", "first words"),
    "size": ("number", Decimal("2.5")),
    "budget": ("money", Decimal(120_000)),
    "due": ("date", date(2027, 2, 27)),
    "risk": ("choice", 2),
    "sponsor": ("person", None),
    "pilot": ("flag", True),
}


@pytest.fixture
def fields(cast) -> dict[str, CustomField]:
    """A field of each kind on every feature."""
    return {
        key: services.create_custom_field(
            actor=cast.ops, subject=SUBJECT, key=key, label=key.title(), kind=kind, choices=["Low", "High"] if kind == "choice" else ()
        )
        for key, (kind, _) in KINDS.items()
    }


@pytest.fixture
def filled(cast, plan, fields) -> Feature:
    """A feature that holds something in each of them; the other ones hold nothing."""
    values = {key: value for key, (_, value) in KINDS.items()} | {"sponsor": cast.leader}
    change_feature(actor=cast.maker, feature=plan.own, **values)
    return plan.own


def passing(user, text: str) -> list[str]:
    found = FeatureFilter({"filter": text}, user=user)
    assert not found.error, found.error
    return sorted(found.narrow(Feature.objects.visible_to(user)).values_list("title", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "note:WORDS", "-note:none", "size>2", "size:2.5", "budget>=120k", "due:2027-02", "due>2027-02-26", "risk:high", "risk:#2",
        "-risk:low,none", "sponsor:Leader", "-sponsor:none", "pilot:yes", "risk:high (size<1 or pilot:yes)",
    ],
)  # fmt: skip
def test_features_are_filtered_by_what_they_hold(cast, plan, filled, text):
    assert passing(cast.maker, text) == [filled.title]


@pytest.mark.parametrize(
    "text",
    ["note:words", "size>2", "size:2.5", "budget>=120k", "due:2027-02", "due>2027-02-26", "risk:high", "sponsor:Leader", "pilot:yes"],
)
def test_what_is_denied_is_denied_of_the_blank_too(cast, plan, filled, text):
    others = sorted([plan.foreign.title, plan.private.title])
    assert passing(cast.maker, f"-{text}") == passing(cast.maker, f"-({text} {text})") == others
    assert passing(cast.maker, f"-(-{text})") == [filled.title]


@pytest.mark.parametrize("key", KINDS)
def test_blank_fields_are_found_as_nothing(cast, plan, filled, key):
    assert passing(cast.maker, f"{key}:none") == sorted([plan.foreign.title, plan.private.title])


def test_a_filter_is_kept_by_the_id_of_a_choice_and_told_by_its_name(cast, plan, filled, fields):
    kept = FeatureFilter({"filter": "risk:high"}, user=cast.maker).lasting
    assert kept == "risk:#2"
    services.change_custom_field(actor=cast.ops, field=fields["risk"], choices=[{"id": 1, "label": "Low"}, {"id": 2, "label": "Grave"}])
    assert passing(cast.maker, kept) == [filled.title]
    assert FeatureFilter({"filter": kept}, user=cast.maker).chips()[0].value == "Grave"


def test_an_unknown_choice_is_refused_with_those_there_are(cast, fields):
    assert "Known are: Low, High, none" in FeatureFilter({"filter": "risk:medium"}, user=cast.maker).error


def test_a_field_out_of_sight_is_no_word_of_a_filter(cast, plan):
    services.create_custom_field(actor=cast.maker, subject=SUBJECT, key="canary", label="Canary", kind="text", product=cast.private)
    services.create_custom_field(actor=cast.ops, subject=SUBJECT, key="inside", label="Inside", kind="text", is_internal=True)
    assert not FeatureFilter({"filter": "hidden_canary:x"}, user=cast.maker).error
    for user, text in ((cast.leader, "hidden_canary:x"), (cast.guest, "inside:x")):
        found = FeatureFilter({"filter": text}, user=user)
        assert "There is no field" in found.error
        assert "canary" not in found.error.removeprefix("There is no field “hidden_canary”")


@pytest.mark.parametrize("key", KINDS)
def test_the_grid_shows_sorts_and_groups_by_it(cast, plan, filled, browse, key):
    page = browse(cast.maker).get(f"/features/?columns={key}&sort=-{key}").content.decode()
    held = {
        "note": "first words",
        "size": "2.5",
        "budget": "€120k",
        "due": "2027-02-27",
        "risk": "High",
        "sponsor": "Leader",
        "pilot": "yes",
    }
    assert page.index(held[key]) < page.index(plan.foreign.title)
    grouped = browse(cast.maker).get(f"/features/?group={key}")
    assert grouped.status_code == 200
    label = {"risk": "High", "sponsor": "Leader", "pilot": "Yes", "note": "first words"}.get(key)
    if label:
        rows = grouped.content.decode().split("grouprow")
        assert [label in row for row in rows[1:]] == [True, False]
        assert f"No {key}" in rows[2]


def test_choices_are_sorted_as_they_are_offered(cast, plan, fields, browse):
    for title, choice in (("A grave one", 2), ("B slight one", 1)):
        change_feature(actor=cast.maker, feature=FeatureFactory(product=cast.own, title=title), risk=choice)
    page = browse(cast.maker).get("/features/?columns=risk&sort=risk").content.decode()
    assert page.index("B slight one") < page.index("A grave one") < page.index(plan.own.title)


def test_a_cell_is_edited_in_its_place(cast, plan, fields, browse):
    client, url = browse(cast.maker), f"/features/{plan.own.key}/cell/"
    editor = client.get(f"{url}?field=risk&in=row").content.decode()
    assert '<option value="High">' in editor
    saved = client.post(f"{url}?in=row&columns=risk", {"field": "risk", "risk": "High", "version": 1}, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert "High" in saved.content.decode()
    refused = client.post(url, {"field": "size", "size": "many", "version": 2})
    assert refused.status_code == 422
    assert "is no number" in refused.content.decode()
    undo_event(actor=cast.maker, event=Event.objects.order_by("-number").first())
    assert passing(cast.maker, "risk:high") == []


def test_two_words_for_one_field_stand_side_by_side_and_the_choice_is_taken(cast, plan, fields, browse):
    client, url = browse(cast.maker), f"/features/{plan.own.key}/cell/?in=facts"
    change_feature(actor=cast.maker, feature=plan.own, sponsor=cast.leader)
    clash = client.post(url, {"field": "sponsor", "sponsor": str(cast.ops.pk), "version": 1}, headers={"HX-Request": "true"})
    assert clash.status_code == 409
    page = clash.content.decode()
    assert ("Ops" in page, "Leader" in page, f'value="{cast.ops.pk}" checked' in page) == (True, True, True)
    settled = client.post(url, {"only": "sponsor", "sponsor": str(cast.ops.pk), "version": 2}, headers={"HX-Request": "true"})
    assert settled.status_code == 200
    assert passing(cast.maker, "sponsor:Ops") == [plan.own.title]


def test_the_whole_form_changes_what_was_changed_in_it_alone(cast, plan, filled, browse):
    client, url = browse(cast.maker), f"/features/{filled.key}/edit/"
    page = client.get(url)
    form = {
        name: "" if value is None else value for name, value in page.context["form"].initial.items() if name in page.context["form"].fields
    }
    values = {bound.name: bound.value() or "" for bound in page.context["form"]}
    sent = {name: str(value) for name, value in (form | values).items()} | {"note": "other words"}
    count = Event.objects.count()
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Event.objects.count() == count + 1
    assert passing(cast.maker, "note:other risk:high size:2.5 pilot:yes sponsor:Leader due:2027-02-27 budget:120000") == [filled.title]


def test_many_features_are_given_a_value_or_emptied_together(cast, plan, fields, browse):
    client, rows = browse(cast.maker), [plan.own, FeatureFactory(product=cast.own, title="Second")]
    client.post("/features/changes/", {"row": [f"{row.pk}:1" for row in rows], "risk": "High", "pilot": "no"})
    assert passing(cast.maker, "risk:high pilot:no") == sorted(row.title for row in rows)
    client.post("/features/changes/", {"row": [f"{row.pk}:2" for row in rows], "risk": "(empty)"})
    assert passing(cast.maker, "risk:none pilot:no") == sorted(row.title for row in rows)


def test_pasted_cells_are_read_as_the_grid_shows_them(cast, plan, fields, browse):
    texts = {"note": "pasted", "size": "7", "budget": "1200", "due": "27 Feb 2027", "risk": "high", "sponsor": "leader", "pilot": "yes"}
    cells = [[plan.own.pk, 1, key, text] for key, text in texts.items()] + [[plan.own.pk, 1, "risk", "unheard of"]]
    answer = browse(cast.maker).post("/features/cells/?columns=risk", {"cells": json.dumps(cells)}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "cannot be “unheard of”" in answer.content.decode()
    assert passing(cast.maker, "note:pasted size:7 budget:1200 due:2027-02-27 sponsor:leader pilot:yes") == [plan.own.title]


def test_a_field_of_one_product_is_no_field_of_another(cast, plan, browse):
    services.create_custom_field(actor=cast.maker, subject=SUBJECT, key="tier", label="Tier", kind="text", product=cast.own)
    client = browse(cast.other_maker)
    page = client.get("/features/?columns=own_tier&sort=key").content.decode()
    assert 'data-field="own_tier"' not in page
    assert browse(cast.maker).get("/features/?columns=own_tier").content.decode().count('data-field="own_tier"') == 1
    assert client.get(f"/features/{plan.foreign.key}/cell/?field=own_tier").status_code == 404


def test_the_panel_shows_every_field_filled_or_not(cast, plan, filled, browse):
    page = browse(cast.maker).get(f"/features/{filled.key}/").content.decode()
    assert all(f'data-field="{key}"' in page for key in KINDS)
    other = browse(cast.leader).get(f"/features/{plan.foreign.key}/").content.decode()
    assert "Sponsor" in other


def test_an_internal_field_stays_within_on_every_page(cast, plan, browse):
    services.create_custom_field(actor=cast.ops, subject=SUBJECT, key="inside", label="Inside canary", kind="text", is_internal=True)
    change_feature(actor=cast.maker, feature=plan.own, inside="value canary")
    MembershipFactory(product=cast.own, user=cast.guest)
    guest = browse(cast.guest)
    addresses = ["/features/?columns=inside&sort=inside&group=inside", f"/features/{plan.own.key}/", "/settings/fields/"]
    for address in [*addresses, "/features/export.csv?columns=inside"]:
        answer = guest.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"canary" not in body, address
    assert b"canary" in browse(cast.maker).get(f"/features/{plan.own.key}/").content


def test_columns_of_custom_fields_cost_no_statement_for_each_row(cast, plan, fields, browse):
    client, counts = browse(cast.maker), []
    for _ in range(2):
        for number in range(5):
            change_feature(actor=cast.maker, feature=FeatureFactory(product=cast.own, title=f"F{number}"), risk=1, sponsor=cast.leader)
        with CaptureQueriesContext(connection) as context:
            client.get("/features/?columns=risk,sponsor,note&sort=risk")
        counts.append(len(context))
    assert counts[0] == counts[1]


def test_the_sheet_says_what_fields_hold(cast, plan, filled, browse):
    answer = browse(cast.maker).get("/features/export.csv?columns=note,size,budget,due,risk,sponsor,pilot&sort=-size")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].endswith("Note,Size,Budget,Due,Risk,Sponsor,Pilot")
    assert lines[1].endswith("first words,2.5000,120000.0000,2027-02-27,High,Leader,yes") or lines[1].endswith(
        "first words,2.5,120000,2027-02-27,High,Leader,yes"
    )


# --- settings ---------------------------------------------------------------------------------------------------------


def test_operations_add_a_field_and_its_word_is_made_of_its_name(cast, browse):
    client = browse(cast.ops)
    answer = client.post("/settings/fields/", {"label": "Legal review", "kind": "choice", "choices": "Not asked\nDone\n"}, follow=True)
    assert "Features have the field Legal review" in answer.content.decode()
    field = CustomField.objects.get()
    assert (field.key, [choice["label"] for choice in field.choices]) == ("legal_review", ["Not asked", "Done"])


def test_choices_are_renamed_moved_added_and_taken_away(cast, plan, filled, fields, browse):
    client, url = browse(cast.ops), f"/settings/fields/{fields['risk'].pk}/"
    given = {
        "version": 1,
        "label": "Risk",
        "position": fields["risk"].position,
        "name_1": "",
        "place_1": 1,
        "name_2": "Grave",
        "place_2": 2,
    }
    assert client.post(url, given | {"more": "None at all"}).status_code == 302
    fields["risk"].refresh_from_db()
    assert fields["risk"].choices == [{"id": 2, "label": "Grave"}, {"id": 3, "label": "None at all"}]
    refused = client.post(url, {"version": 2, "label": "Risk", "position": 1, "name_2": "", "place_2": 1, "name_3": "None", "place_3": 2})
    assert refused.status_code == 422
    assert "in use" in refused.content.decode()


def test_a_removed_field_is_gone_and_undone_with_its_values(cast, plan, filled, fields, browse):
    client = browse(cast.ops)
    client.post(f"/settings/fields/{fields['risk'].pk}/removal/")
    assert "There is no field" in FeatureFilter({"filter": "risk:high"}, user=cast.maker).error
    undo_event(actor=cast.ops, event=Event.objects.order_by("-number").first())
    assert passing(cast.maker, "risk:high") == [filled.title]
    assert CustomValue.objects.visible_to(cast.maker).filter(field=fields["risk"]).count() == 1


def test_whoever_keeps_no_fields_reads_them_alone(cast, fields, browse):
    client = browse(cast.contributor)
    page = client.get("/settings/fields/").content.decode()
    assert "Budget" in page
    assert "Add a field" not in page
    assert client.post("/settings/fields/", {"label": "Mine", "kind": "text"}).status_code == 403
    assert client.get(f"/settings/fields/{fields['risk'].pk}/").status_code == 403


# --- what two people do at once ---------------------------------------------------------------------------------------


def whole_form(client, url: str) -> dict[str, str]:
    """What the edit page would send."""
    return {bound.name: str(bound.value() if bound.value() is not None else "") for bound in client.get(url).context["form"]}


def test_a_conflict_on_a_custom_field_keeps_all_else_that_was_typed_and_can_be_settled(cast, plan, filled, browse):
    client, url = browse(cast.maker), f"/features/{filled.key}/edit/"
    given = whole_form(client, url)
    change_feature(actor=cast.maker, feature=Feature.objects.get(pk=filled.pk), note="theirs")
    clash = client.post(url, given | {"title": "Mine title", "note": "mine", "size": "9"})
    assert clash.status_code == 409
    conflict = clash.context["conflict"]
    assert conflict["version"] == Feature.objects.get(pk=filled.pk).version
    assert [(side["name"], side["mine"], side["theirs"]) for side in conflict["fields"]] == [("note", "mine", "theirs")]
    assert dict(conflict["kept"]) == {"title": "Mine title", "size": "9"}
    chosen = {"only": ["note", *dict(conflict["kept"])], "note": "mine", "version": conflict["version"], **dict(conflict["kept"])}
    assert client.post(f"/features/{filled.key}/cell/", chosen).status_code == 302
    assert passing(cast.maker, "note:mine size:9") == ["Mine title"]


def test_a_conflict_on_a_field_of_ours_leaves_what_others_put_in_custom_ones(cast, plan, filled, browse):
    client, url = browse(cast.maker), f"/features/{filled.key}/edit/"
    given = whole_form(client, url)
    change_feature(actor=cast.maker, feature=Feature.objects.get(pk=filled.pk), title="Their title", note="their note", pilot=False)
    clash = client.post(url, given | {"title": "Mine title", "note": "my note"})
    sides = {side["name"]: (side["mine"], side["theirs"]) for side in clash.context["conflict"]["fields"]}
    assert sides == {"title": ("Mine title", "Their title"), "note": ("my note", "their note")}
    assert dict(clash.context["conflict"]["kept"]) == {}


@pytest.mark.parametrize("held", [{"pilot": False, "size": Decimal(0)}, {"risk": 2}])
def test_what_was_no_zero_or_undone_is_not_taken_for_blank(cast, plan, fields, browse, held):
    for values in (held, {"pilot": True, "size": Decimal(5), "risk": 1}):
        change_feature(actor=cast.maker, feature=Feature.objects.get(pk=plan.own.pk), **values)
    seen = 2
    change_feature(actor=cast.maker, feature=Feature.objects.get(pk=plan.own.pk), seen=seen, note="new", **held)
    assert passing(cast.maker, "pilot:yes size:5 risk:low note:new") == [plan.own.title]


def test_taking_back_a_change_does_not_bring_back_a_choice_that_is_gone(cast, plan, fields):
    for choice in (2, 1):
        change_feature(actor=cast.maker, feature=plan.own, risk=choice)
    second = Event.objects.order_by("-number").first()
    services.change_custom_field(actor=cast.ops, field=fields["risk"], choices=[{"id": 1, "label": "Low"}])
    with pytest.raises(RuleBroken, match="no such choice"):
        undo_event(actor=cast.maker, event=second)


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["9999999999999999", "99999999999.99996", "1e9999999", "-1e9999999", "NaN", "Infinity"])
def test_a_number_too_large_to_be_kept_is_refused_in_a_sentence(cast, plan, fields, browse, text):
    client = browse(cast.maker)
    refused = client.post(f"/features/{plan.own.key}/cell/", {"field": "size", "size": text, "version": 1})
    assert refused.status_code == 422
    assert client.get(f"/features/{plan.own.key}/").status_code == 200
    assert client.get(f"/features/?filter=size%3E{text}").status_code == 200
    assert client.get(f"/features/?filter=score%3E{text}").status_code == 200


def test_the_largest_number_is_read_as_it_was_written(cast, plan, fields, browse):
    change_feature(actor=cast.maker, feature=plan.own, size=Decimal("99999999999.9999"))
    assert CustomValue.objects.get(field=fields["size"]).number == Decimal("99999999999.9999")


@pytest.mark.parametrize("word", ["field", "only", "row", "replaces", "see_also", "none", "merge", "at"])
def test_words_that_forms_files_and_addresses_use_are_no_fields(cast, word):
    with pytest.raises(RuleBroken, match="Waymark's own"):
        services.create_custom_field(actor=cast.ops, subject=SUBJECT, key=word, label="Taken", kind="text")


def test_a_text_that_reads_like_emptying_is_a_text(cast, plan, fields, browse):
    browse(cast.maker).post("/features/changes/", {"row": [f"{plan.own.pk}:1"], "note": "(empty)"})
    assert CustomValue.objects.get(field=fields["note"]).text == "(empty)"


def test_a_place_is_bounded_and_a_long_name_makes_a_word_that_fits(cast, fields, browse):
    client = browse(cast.ops)
    url = f"/settings/fields/{fields['note'].pk}/"
    assert client.post(url, {"version": 1, "label": "Note", "position": "99999999999999999999"}).status_code == 422
    owner = browse(cast.maker)
    given = {"label": "A name that is well under sixty letters ok", "kind": "text", "product": cast.own.pk}
    assert owner.post("/settings/fields/", given).status_code == 302


def test_blanked_values_are_not_counted_as_filled(cast, plan, fields, browse):
    for text in ("words", None):
        change_feature(actor=cast.maker, feature=plan.own, note=text)
    rows = browse(cast.ops).get("/settings/fields/").context["rows"]
    assert {field.key: count for field, count, _ in rows}["note"] == 0
