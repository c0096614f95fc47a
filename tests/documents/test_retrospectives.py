"""A release is looked back on from a template of documents."""

import pytest
from django.test import Client

from documents.services import create_template
from roadmaps.services import create_release, ship_release

SECTION = {"heading": "What was hard", "guidance": "Where time was lost.", "is_required": True}


@pytest.fixture
def browse():
    def make(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


def test_a_retrospective_is_begun_on_the_page_of_a_shipped_release_and_written_by_editing_it(cast, browse):
    create_template(actor=cast.ops, name="Requirements", sections=[SECTION])
    template = create_template(actor=cast.ops, name="Retrospective", sections=[SECTION])
    release = create_release(actor=cast.maker, product=cast.own, version_name="1.0")
    maker, page = browse(cast.maker), f"/releases/{release.pk}/"
    assert "Retrospective" not in maker.get(page).content.decode()
    ship_release(actor=cast.maker, release=release)
    shown = maker.get(page).content.decode()
    assert shown.index(">Retrospective</option>") < shown.index(">Requirements</option>")
    assert "retrospective/" not in browse(cast.leader).get(page).content.decode()
    assert maker.post(f"{page}retrospective/", {"template": "nothing"}).status_code == 404
    maker.post(f"{page}retrospective/", {"template": template.pk})
    shown = maker.get(page).content.decode()
    assert "<em>Where time was lost.</em>" in shown
    release.refresh_from_db()
    values = {
        "version_name": "1.0",
        "day": release.day,
        "notes": "",
        "version": release.version,
        "retrospective": "## What was hard\n\nNothing.",
    }
    assert maker.post(f"{page}edit/", values).status_code == 302
    assert "<p>Nothing.</p>" in browse(cast.leader).get(page).content.decode()
