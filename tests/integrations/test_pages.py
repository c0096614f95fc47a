"""The pages of imports: what is said at each step, and what a wrong step is answered."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import jobs
from core.models import Job
from integrations.models import ImportMapping, ImportRow, ImportRun
from roadmaps.models import Feature

pytestmark = pytest.mark.usefixtures("process")
IMPORTS = "/settings/imports/"
State = ImportRun.State
TABLE = b"id,title,status\n1,One,Doing\n2,Two,launch\n3,Three\n"
PLAN = {"delimiter": ",", "encoding": "utf-8", "header": "on", "column_0": "outside_id", "column_1": "title", "column_2": "stage"}


@pytest.fixture
def client(cast) -> Client:
    found = Client()
    found.force_login(cast.maker)
    return found


@pytest.fixture
def upload(cast, client):
    def send(content: bytes = TABLE, **given):
        given = {"kind": "features", "product": cast.own.pk, "file": SimpleUploadedFile("plan.csv", content), "mapping": ""} | given
        return client.post(IMPORTS, given)

    return send


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def only_run() -> ImportRun:
    return ImportRun.objects.get()


def test_a_file_is_walked_through_every_step(client, upload):
    url = upload().url
    page = text_of(client.get(url))
    assert "Being mapped" in page
    assert "Doing · launch" in page
    assert client.post(url, PLAN | {"check": ""}).url == url
    page = text_of(client.get(url))
    assert "Of 3 rows, 1 would be made and 2 would be refused. Nothing has been changed yet." in page
    assert "Words not known here" in page
    client.post(f"{url}words/", {"word_2": "Doing", "meaning_2": "delivery", "check": ""})
    assert only_run().counts == {"made": 2, "refused": 1}

    client.post(f"{url}execution/")
    page = client.get(url).content.decode()
    assert 'data-live="jobs core.job"' in page
    assert "It waits for its turn." in page
    Job.objects.update(state=Job.State.RUNNING)
    jobs.run(only_run().job_id)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="formparts"')
    assert "data-live=" not in part
    page = text_of(client.get(f"{url}?outcome=refused"))
    assert "Of 3 rows, 2 were made and 1 was refused." in page
    assert "The row has 2 cells where the first row has 3." in page
    assert "One" not in page.split("Why")[1]

    client.post(f"{url}reversal/")
    assert only_run().state == State.UNDONE
    assert "all of it is taken back" in text_of(client.get(url))
    assert Feature.objects.filter(deleted_at=None).count() == 0


def test_what_runs_is_ended_by_its_button(client, upload):
    url = upload().url
    client.post(f"{url}execution/")
    assert client.post(f"{url}cancellation/").status_code == 302
    assert only_run().state == State.DRAFT
    assert "It was ended before its end. Nothing was changed." in text_of(client.get(url))
    assert client.post(f"{url}cancellation/").status_code == 422


def test_a_wrong_way_of_reading_is_refused_and_can_be_put_right(client, upload):
    url = upload("id,title\n1,Ñandú\n".encode("cp1252")).url
    for change, sentence in (
        ({"encoding": "utf-8"}, "is not written in utf-8. Choose another encoding."),
        ({"encoding": "klingon"}, "is not written in klingon. Choose another encoding."),
        ({"column_1": "outside_id"}, "Id in the file is chosen for two columns. Choose it once."),
        ({"column_1": ""}, "Choose the column that holds: Title."),
        ({"source": "a b"}, "slug"),
    ):
        answer = client.post(url, {name: value for name, value in PLAN.items() if name != "column_2"} | change)
        assert (answer.status_code, sentence in text_of(answer)) == (422, True), (change, text_of(answer)[-900:])
    good = {name: value for name, value in PLAN.items() if name != "column_2"} | {"encoding": "cp1252", "check": ""}
    client.post(url, good)
    assert only_run().counts == {"made": 1}


def test_a_mapping_of_another_kind_is_refused_at_its_field(client, upload, cast):
    url = upload().url
    client.post(url, PLAN)
    client.post(f"{url}mapping/", {"name": "Tracker"})
    mapping = ImportMapping.objects.get()
    answer = upload(kind="releases", mapping=mapping.pk)
    assert (answer.status_code, "This mapping reads features, not what you chose above." in text_of(answer)) == (422, True)
    assert upload(mapping=mapping.pk).status_code == 302
    assert ImportRun.objects.first().plan == mapping.plan
    assert "Tracker" in text_of(client.get(IMPORTS))
    client.post(f"{IMPORTS}mappings/{mapping.pk}/removal/")
    assert not ImportMapping.objects.alive().exists()


def test_the_result_of_a_long_file_is_read_page_by_page(client, upload):
    url = upload(b"id,title\n" + b"".join(b"%d,Feature %d\n" % (n, n) for n in range(150))).url
    client.post(url, {"delimiter": ",", "encoding": "utf-8", "header": "on", "column_0": "outside_id", "column_1": "title", "check": ""})
    assert ImportRow.objects.count() == 150
    first = client.get(url)
    following = re.search(r'href="([^"]*after=[^"]*)"', first.content.decode())[1].replace("&amp;", "&")
    assert "Feature 149" not in text_of(first)
    assert "Feature 149" in text_of(client.get(f"{url}{following}" if following.startswith("?") else following))


def test_a_file_too_large_is_refused_before_it_is_read(client, upload, settings):
    settings.DATA_IMPORT_MAX_BYTES = 10
    answer = upload()
    assert (answer.status_code, "The file is larger than 0 MB. Split it, please." in text_of(answer)) == (422, True)


def test_relations_and_unknown_releases_are_settled_on_the_page(client, upload):
    url = upload(b"id,title,release,see also,colour\n1,One,1.0,2; nowhere,red\n2,Two,1.1,,\n").url
    columns = {"column_0": "outside_id", "column_1": "title", "column_2": "release", "column_3": "see_also", "column_4": ""}
    client.post(url, {"delimiter": ",", "encoding": "utf-8", "header": "on", "check": ""} | columns)
    page = text_of(client.get(url))
    assert "Nothing is taken from the column colour." in page
    assert "Of 2 rows, 2 would be refused." in page
    words = {"word_2": ["1.0", "1.1"], "meaning_2": ["", ""], "make_2": "make", "check": ""}
    client.post(f"{url}words/", words)
    page = text_of(client.get(url))
    assert "Of 2 rows, 2 would be made." in page
    assert "What would become of each relation" in page
    refused = text_of(client.get(f"{url}?relation=refused"))
    assert "nowhere Not joined Nothing here is called so." in refused
    client.post(f"{url}execution/")
    jobs.run(only_run().job_id)
    assert "2 See also 2 Joined Two" in text_of(client.get(f"{url}?relation=made"))
    feature = Feature.objects.get(title="One")
    assert (feature.release.version_name, "Relates to OWN-" in text_of(client.get(f"/features/{feature.key}/"))) == ("1.0", True)
