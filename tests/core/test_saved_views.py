"""Saved views: one's own, at an address that stays."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from core import services
from core.exceptions import NotAllowed, RuleBroken
from core.models import Change, SavedView
from core.saved_views import tabs_for

PAGE = "features"


def save(person, **values) -> SavedView:
    return services.save_view(actor=person, **{"page": PAGE, "name": "Late", "query": "status=open&page=3&view=9", **values})


def tabs(person, address: str):
    request = RequestFactory().get(address)
    request.user = person
    return tabs_for(request, PAGE)


def test_a_view_keeps_the_list_and_not_the_visit(cast):
    assert save(cast.maker).query == "status=open"


def test_its_address_opens_the_list_as_it_was(cast, client):
    view = save(cast.maker, query="?status=open&sort=-score")
    client.force_login(cast.maker)
    assert client.get(view.get_absolute_url())["Location"] == f"{reverse(PAGE)}?status=open&sort=-score&view={view.pk}"


def test_nobody_meets_anothers_view(cast, client):
    view = save(cast.maker)
    client.force_login(cast.other_maker)
    for route in ("view", "view-removal"):
        assert client.post(reverse(route, args=[view.pk]), {"name": "Mine"}).status_code == 404
    assert client.get(view.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        services.change_view(actor=cast.other_maker, view=view, name="Mine")


def test_the_record_keeps_no_words_of_a_view(cast):
    save(cast.maker, name="Secret canary")
    assert "canary" not in str(list(Change.objects.values_list("before", "after")))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "  "}, "a name"),
        ({"name": "x" * 61}, "60 characters"),
        ({"page": "nowhere"}, "no such list"),
        ({"page": "feature"}, "no such list"),
        ({"query": "a=" + "x" * 4_000}, "more than a view can hold"),
    ],
)
def test_what_makes_no_view_is_refused(cast, values, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        save(cast.maker, **values)


def test_two_views_of_a_page_have_two_names(cast):
    view = save(cast.maker)
    with pytest.raises(RuleBroken, match="already"):
        save(cast.maker)
    services.delete_view(actor=cast.maker, view=view)
    save(cast.maker)
    save(cast.leader)


def test_the_tabs_show_the_open_view_and_whether_it_was_changed(cast):
    view = save(cast.maker)
    assert [(tab.label, tab.current) for tab in tabs(cast.maker, "/features/").tabs] == [("All", True), ("Late", False)]
    opened = tabs(cast.maker, f"/features/?status=open&view={view.pk}")
    assert (opened.current.view, opened.current.is_changed, opened.query) == (view, False, "status=open")
    assert tabs(cast.maker, f"/features/?status=done&view={view.pk}").current.is_changed
    assert [tab.label for tab in tabs(cast.leader, "/features/").tabs] == ["All"]


def test_the_page_saves_pins_and_removes(cast, client):
    client.force_login(cast.maker)
    client.post(reverse("views"), {"page": PAGE, "name": "Late <b>", "query": "status=open", "is_pinned": "on"})
    view = SavedView.objects.get()
    page = client.get("/").content.decode()
    assert "Late &lt;b&gt;" in page
    assert view.get_absolute_url() in page
    client.post(reverse("view", args=[view.pk]), {"name": "Later", "query": "status=done"})
    view.refresh_from_db()
    assert (view.name, view.query, view.is_pinned) == ("Later", "status=done", False)
    assert client.post(reverse("view-removal", args=[view.pk])).status_code == 302
    assert client.get(view.get_absolute_url()).status_code == 404


def test_a_removed_view_is_brought_back_by_its_owner(cast, client):
    view = save(cast.maker)
    client.force_login(cast.maker)
    page = client.post(reverse("view-removal", args=[view.pk]), follow=True).content.decode()
    undo = reverse("view-restoration", args=[view.pk])
    assert undo in page
    client.force_login(cast.leader)
    assert client.post(undo).status_code == 404
    client.force_login(cast.maker)
    assert client.post(undo, follow=True).redirect_chain[-1][0] == f"{reverse(PAGE)}?status=open&view={view.pk}"
    assert client.post(undo).status_code == 404


def test_a_view_whose_name_was_given_again_stays_removed(cast):
    view = save(cast.maker)
    services.delete_view(actor=cast.maker, view=view)
    save(cast.maker)
    with pytest.raises(RuleBroken, match="already"):
        services.restore_view(actor=cast.maker, view=view)


@pytest.mark.parametrize("page", ["features", "priorities", "accounts", "documents", "decisions", "feedback"])
def test_a_list_offers_its_views(cast, client, page):
    save(cast.maker, page=page, name="Mine and late", query="q=settle")
    client.force_login(cast.maker)
    shown = client.get(reverse(page), {"q": "settle"}).content.decode()
    assert "Mine and late" in shown
    assert 'name="query" data-shown-query value="q=settle"' in shown
