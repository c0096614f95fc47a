"""Imports by API: a file comes in, is foretold, run by a job, taken back; what is wrong with it is said."""

import json

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import jobs
from core.models import Job
from integrations.models import ImportMapping, ImportRun
from roadmaps.models import Feature

pytestmark = pytest.mark.usefixtures("process")
IMPORTS, ROWS, MAPPINGS = "/api/v1/imports/", "/api/v1/import-rows/", "/api/v1/import-mappings/"
TABLE = "id,title,status\n1,One,Doing\n2,,Doing\n3,Three,Odd\n1,Again,\n5,Five\n"
COLUMNS = {"0": {"field": "outside_id"}, "1": {"field": "title"}, "2": {"field": "stage", "values": {"Doing": "delivery"}}}


def upload(client, content=TABLE, **given):
    file = SimpleUploadedFile("plan.csv", content.encode() if isinstance(content, str) else content)
    given = {"kind": "features", "product": "OWN", "file": file} | given
    return client.post(IMPORTS, {name: value for name, value in given.items() if value is not None}, format="multipart")


def refused(answer, status: int) -> str:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    return answer.json()["detail"]


def test_a_file_is_uploaded_foretold_run_by_a_job_and_taken_back(cast, program):
    client = program(cast.maker)
    made = upload(client, plan=json.dumps({"columns": COLUMNS}))
    assert made.status_code == 201, made.content
    one = made["Location"]
    assert (made.json()["state"], made.json()["product"], made.json()["file_name"]) == ("draft", "OWN", "plan.csv")

    foretold = client.post(f"{one}rehearsal/")
    assert (foretold.status_code, foretold.json()["counts"]) == (200, {"made": 1, "refused": 4})
    assert Feature.objects.count() == 0

    started = client.post(f"{one}execution/")
    assert (started.status_code, started.json()["state"]) == (202, "queued")
    assert client.get(started["Location"]).json()["label"] == "Import plan.csv"
    assert client.get(one).json()["state"] == "running"
    Job.objects.update(state=Job.State.RUNNING)
    jobs.run(started.json()["id"])
    done = client.get(one).json()
    assert (done["state"], done["counts"], done["job"]) == ("done", {"made": 1, "refused": 4}, started.json()["id"])

    back = client.post(f"{one}reversal/")
    assert (back.status_code, back.json()["state"]) == (200, "undone")
    assert Feature.objects.filter(deleted_at=None).count() == 0
    assert refused(client.post(f"{one}execution/"), 422).startswith("This import has run already.")


def test_each_row_is_listed_with_its_reason_page_by_page(cast, program):
    client = program(cast.maker)
    run = upload(client, plan=json.dumps({"columns": COLUMNS})).json()["id"]
    client.post(f"{IMPORTS}{run}/rehearsal/")
    found, url = [], f"{ROWS}?run={run}&limit=2"
    while url:
        page = client.get(url).json()
        found += [(row["number"], row["outcome"], row["reason"]) for row in page["items"]]
        assert len(page["items"]) <= 2
        url = page["next"]
    assert [row[:2] for row in found] == [(2, "made"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "refused")]
    assert found[3][2] == "Id in the file: the same as in row 2."
    assert found[4][2] == "The row has 2 cells where the first row has 3. A quote or delimiter may be missing there."
    assert len(client.get(f"{ROWS}?run={run}&outcome=refused").json()["items"]) == 4
    assert program(cast.leader).get(f"{ROWS}?run={run}").json()["items"] == []


def test_text_is_read_like_a_file_and_a_plan_is_set_afterwards(cast, program):
    client = program(cast.maker)
    made = client.post(IMPORTS, {"kind": "features", "product": "OWN", "text": TABLE}, format="json")
    assert (made.status_code, made.json()["plan"]["columns"]["1"]) == (201, {"field": "title"})
    one = made["Location"]
    changed = client.patch(one, {"plan": {"columns": COLUMNS}}, format="json", headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["plan"]["columns"]) == (200, COLUMNS)
    assert client.patch(one, {"plan": {}}, format="json", headers={"If-Match": made["ETag"]}).status_code == 412


def test_a_mapping_is_kept_used_and_deleted(cast, program):
    client = program(cast.maker)
    run = upload(client, plan=json.dumps({"columns": COLUMNS})).json()["id"]
    kept = client.post(MAPPINGS, {"run": run, "name": "Tracker"}, format="json")
    assert (kept.status_code, kept.json()["plan"]["columns"]) == (201, COLUMNS)
    again = upload(client, mapping=kept.json()["id"])
    assert again.json()["plan"] == kept.json()["plan"]
    assert refused(upload(client, kind="releases", mapping=kept.json()["id"]), 422).startswith("Column 0 holds a field there is none of.")
    assert refused(upload(program(cast.other_maker), product="FOREIGN", mapping=kept.json()["id"]), 400)
    assert client.delete(kept["Location"], headers={"If-Match": kept["ETag"]}).status_code == 204
    assert not ImportMapping.objects.alive().exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b" \n\n", "The file is empty."),
        (b"\x00\x01\x02\x03" * 50, "This is not a text file. Save the sheet as CSV and choose that file."),
        (b"PK\x03\x04" + b"a" * 500, "This is not a text file. Save the sheet as CSV and choose that file."),
        (",".join(f"c{n}" for n in range(100_000)).encode(), "Row 1 has 100000 columns; at most 500 can be read."),
        (b'id,title\n"open,1\n', None),
        (b"id,title\n", None),
        ("id,title\n1,Ñandú\n".encode("utf-16"), None),
    ],
)
def test_a_bad_file_is_told_and_nothing_is_lost(cast, program, content, sentence):
    client = program(cast.maker)
    answer = upload(client, content)
    if sentence:
        assert refused(answer, 400 if "submitted" in sentence else 422) == sentence
        assert not ImportRun.objects.exists()
        return
    foretold = client.post(f"{answer['Location']}rehearsal/").json()
    expected = {
        b'id,title\n"open,1\n': "Row 2 has a quoted cell that does not end where it should.",
        b"id,title\n": "Below its first row the file has none. Nothing was changed.",
    }
    assert foretold["message"].startswith(expected.get(content, ""))
    assert foretold["counts"] == ({"made": 1} if content.startswith(b"\xff\xfe") else {})


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ([], "A plan is an object"),
        ({"colour": 1}, "A plan has no “colour”"),
        ({"columns": []}, "“columns” of a plan is an object"),
        ({"columns": {"first": {"field": "title"}}}, "“first” is no position"),
        ({"columns": {"9999": {"field": "title"}}}, "“9999” is no position"),
        ({"columns": {"0": {"field": "colour"}}}, "Fields of features are outside_id, title"),
        ({"columns": {"0": {"field": "title", "append": "x"}}}, "Nothing can be added to title."),
        ({"columns": {"0": {"field": "stage", "values": {"a": 1}}}}, "“values” of column 0"),
        ({"defaults": {"colour": "red"}}, "“colour” cannot be given a default"),
        ({"encoding": "klingon"}, "There is no encoding “klingon”"),
        ({"encoding": "base64"}, "There is no encoding “base64”"),
        ({"delimiter": "#"}, "Columns are parted by"),
        ({"date_order": "ymd"}, "The order of dates"),
        ({"header": "yes"}, "“header” of a plan is true or false."),
        ({"source": "x" * 21}, "at most 20 characters"),
        ({"encoding": "utf-16"}, "is not written in utf-16"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_what_is_wrong(cast, program, plan, words):
    assert words in refused(upload(program(cast.maker), plan=json.dumps(plan)), 422)


def test_a_body_needs_one_table_and_one_way_to_read_it(cast, program):
    client = program(cast.maker)
    assert refused(upload(client, file=None), 422) == "Send the table either as a file or as text."
    run = upload(client).json()["id"]
    kept = client.post(MAPPINGS, {"run": run, "name": "Tracker"}, format="json").json()["id"]
    assert refused(upload(client, mapping=kept, plan="{}"), 422) == "Name a mapping or give a plan, not both."
    assert refused(upload(client, product=None), 422) == "Choose the product these features belong to."
    assert refused(upload(client, kind="wishes"), 400)


def test_an_upload_with_a_key_is_taken_once(cast, program):
    client = program(cast.maker)
    body = {"kind": "features", "product": "OWN", "text": TABLE}
    first, second = (client.post(IMPORTS, body, format="json", headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert first.content == second.content
    assert ImportRun.objects.count() == 1


def test_answers_fit_their_description(cast, program):
    client = program(cast.maker)
    one = upload(client, plan=json.dumps({"columns": COLUMNS}))["Location"]
    client.post(f"{one}rehearsal/")
    document = client.get("/api/v1/schema/").json()
    paths, components = document["paths"], {"components": document["components"]}
    for path, url in (("/api/v1/imports/", IMPORTS), ("/api/v1/imports/{id}/", one), ("/api/v1/import-rows/", ROWS)):
        schema = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(client.get(url).json(), {**schema, **components})
    post = paths["/api/v1/imports/"]["post"]
    assert set(post["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    assert "202" in paths["/api/v1/imports/{id}/execution/"]["post"]["responses"]
