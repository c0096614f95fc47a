"""The grid and roadmaps as CSV and XLSX: all rows, the columns asked for, the reader's rights, and back in again."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import Membership
from integrations import services as imports
from integrations.models import ImportRow
from roadmaps import services
from roadmaps.models import Feature
from tests.factories.roadmaps import FeatureFactory, InitiativeFactory, ReleaseFactory

GRID = "/features/export.csv"
ALL = "columns=stage,owner,team,kind,initiative,release,effort,start_date,target_date,date_confidence"
LEADS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "'=quoted", "''=twice", "=cmd|' /C calc'!A0", "-5", 'a "quoted", word', "Zeile\u2028zwei"]


def lines_of(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def test_all_rows_leave_in_the_order_and_with_the_columns_of_the_address(cast, plan, browse):
    for number in range(520):
        FeatureFactory(product=cast.own, title=f"Feature {number:03}", effort_low=1, effort_likely=2, effort_high=Decimal("3.5"))
    lines = lines_of(browse(cast.leader).get(f"{GRID}?sort=-title&columns=effort,stage&filter=product:OWN"))
    assert len(lines) == 521
    assert list(lines[0]) == ["Key", "Title", "Effort", "Stage"]
    assert [line["Title"] for line in lines[:2]] == ["Own feature", "Feature 519"]
    assert lines[1]["Effort"] == "1–2–3.5"


def test_a_sheet_holds_what_its_reader_may_see_and_nothing_else(cast, plan, browse):
    stranger, member, guest = (browse(user).get(f"{GRID}?columns=demand").getvalue() for user in (cast.other_maker, cast.maker, cast.guest))
    assert b"canary" not in stranger
    assert b"canary" in member
    assert guest.decode("utf-8-sig").splitlines() == ["Key,Title,People"]
    heads = [lines_of(browse(user).get(f"{GRID}?columns=demand,revenue"))[0] for user in (cast.leader, cast.contributor)]
    assert [list(head) for head in heads] == [["Key", "Title", "People", "Revenue"], ["Key", "Title", "People"]]


def test_the_statements_do_not_grow_with_the_rows(cast, plan, browse):
    client = browse(cast.maker)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            lines_of(client.get(f"{GRID}?{ALL}"))
        return len(asked)

    few = count()
    FeatureFactory.create_batch(300, product=cast.own)
    assert count() == few


def test_a_workbook_has_numbers_and_days(cast, plan, browse):
    Feature.objects.filter(pk=plan.own.pk).update(target_date=date(2027, 2, 20), demand_people=7, title="=HYPERLINK(1)")
    answer = browse(cast.leader).get("/features/export.xlsx?columns=target_date,people&filter=product:OWN")
    assert "attachment" in answer["Content-Disposition"]
    row = next(openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=2))
    assert [cell.data_type for cell in row] == ["s", "s", "d", "n"]
    assert (row[1].value, row[2].value.date(), row[3].value) == ("=HYPERLINK(1)", date(2027, 2, 20), 7)


def test_what_left_comes_back_with_the_same_values_byte_for_byte(cast, plan, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    theme, release = InitiativeFactory(product=cast.own, name="=Theme"), ReleaseFactory(product=cast.own, version_name="-2027.1")
    values = {"start_date": date(2027, 1, 5), "target_date": date(2027, 2, 20), "effort_low": 1, "effort_likely": 2, "effort_high": 6}
    for title in LEADS:
        FeatureFactory(product=cast.own, title=title, initiative=theme, release=release, owner=cast.maker, **values)
    client, address = browse(cast.maker), f"{GRID}?{ALL}&filter=product:OWN&sort=key"
    first = client.get(address).getvalue()
    for feature in Feature.objects.filter(product=cast.own):
        services.change_feature(
            actor=cast.maker, feature=feature, title="Changed", initiative=None, release=None, owner=None, target_date=None, start_date=None
        )
    run = imports.receive_file(actor=cast.maker, kind="features", product=cast.own, file_name="own.csv", content=first)
    run = imports.run_import(actor=cast.maker, run=run)
    assert run.counts == {"changed": len(LEADS) + 1}
    assert client.get(address).getvalue() == first
    assert set(LEADS) <= set(Feature.objects.filter(product=cast.own).values_list("title", flat=True))


def test_a_key_of_elsewhere_is_no_key_of_ours(cast, plan, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = f"Key,Summary\n{plan.own.key},A ticket of another system\n".encode()
    run = imports.receive_file(actor=cast.maker, kind="features", product=cast.own, file_name="tickets.csv", content=content)
    assert imports.run_import(actor=cast.maker, run=run).counts == {"made": 1}
    plan.own.refresh_from_db()
    assert plan.own.title == "Own feature"


def test_rows_of_other_products_in_an_own_file_are_refused_by_name(cast, plan, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    content = browse(cast.maker).get(f"{GRID}?columns=kind&sort=key").getvalue()
    run = imports.receive_file(actor=cast.maker, kind="features", product=cast.own, file_name="all.csv", content=content)
    run = imports.run_import(actor=cast.maker, run=run)
    assert run.counts == {"same": 1, "refused": 2}
    reasons = set(ImportRow.objects.filter(run=run, outcome="refused").values_list("reason", flat=True))
    assert f"{plan.foreign.key} is a feature of Foreign. Bring it in with that product chosen." in reasons


def test_files_are_named_by_what_they_hold_and_the_day_and_kept_by_nobody(cast, plan, browse):
    roadmap = services.create_roadmap(actor=cast.maker, name='Zürich "Q1" / Ziele', layout="list")
    answer = browse(cast.maker).get(f"/roadmaps/{roadmap.pk}/export.csv")
    day = timezone.now().date().isoformat()
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''Z%C3%BCrich-Q1-Ziele-{day}.csv"
    assert answer["Cache-Control"] == "no-store"
    assert browse(cast.maker).get(GRID)["Content-Disposition"] == f'attachment; filename="Features-{day}.csv"'
    assert browse(cast.maker).get("/features/export.exe").status_code == 404


def test_a_roadmap_leaves_as_its_list_with_its_lanes_and_facts(cast, plan, browse):
    theme = InitiativeFactory(product=cast.own, name="Settle in a day", outcome="Money the same evening", horizon="now")
    Feature.objects.filter(pk=plan.own.pk).update(initiative=theme, target_date=date(2027, 2, 20))
    roadmap = services.create_roadmap(actor=cast.maker, name="Plan", query="fields=owner&fields=dates&filter=product:OWN", is_shared=True)
    line = lines_of(browse(cast.leader).get(f"/roadmaps/{roadmap.pk}/export.csv"))[0]
    assert list(line) == ["Initiative", "Key", "Title", "Stage", "Status", "Owner", "Start", "Target", "Date is sure"]
    assert (line["Initiative"], line["Key"], line["Target"]) == ("Settle in a day", plan.own.key, "2027-02-20")
    services.change_roadmap(actor=cast.maker, roadmap=roadmap, is_theme_only=True)
    themes = browse(cast.leader).get(f"/roadmaps/{roadmap.pk}/export.csv")
    assert plan.own.key not in (text := themes.getvalue().decode())
    assert "Settle in a day,Money the same evening,Now,2027-02-20,2027-02-20,0,1" in text


def test_who_left_a_private_product_finds_nothing_of_it_in_a_shared_roadmap(cast, plan, browse):
    roadmap = services.create_roadmap(actor=cast.maker, name="Shared", is_shared=True)
    address = f"/roadmaps/{roadmap.pk}/export.csv"
    assert b"canary" in browse(cast.maker).get(address).getvalue()
    Membership.objects.filter(user=cast.maker, product=cast.private).delete()
    assert b"canary" not in browse(cast.maker).get(address).getvalue()


def test_programs_get_the_same_files_and_hear_of_unknown_columns(cast, plan, program):
    client = program(cast.leader)
    answer = client.get("/api/v1/features/export.csv/?columns=stage&filter=product:OWN&sort=-title", HTTP_ACCEPT="text/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert [line["Key"] for line in lines_of(answer)] == [plan.own.key]
    assert client.get("/api/v1/features/export.csv/?columns=stage,nothing").status_code == 400
    assert client.get("/api/v1/features/export.csv/?sort=nothing").status_code == 400
    assert client.get("/api/v1/features/export.csv/?group=stage").status_code == 400


@pytest.mark.parametrize("page", ["/features/?sort=title&filter=status:open", "/roadmaps/timeline/?layout=board&filter=status:open"])
def test_a_page_offers_its_files_by_plain_links_that_carry_its_address(page, cast, plan, browse):
    text = browse(cast.maker).get(page).content.decode()
    assert "export.csv?" in text
    assert "export.xlsx?" in text
    assert "filter=status%3Aopen" in text.split("export.csv?")[1].split('"')[0]
