"""Saved views: one's own and shared ones, at an address that stays."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from core import services
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Change, PinnedView, SavedView, User
from core.saved_views import tabs_for
from tests.factories.core import MembershipFactory

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
    assert PinnedView.objects.filter(user=cast.maker, view=view).exists()
    client.post(reverse("view", args=[view.pk]), {"name": "Later", "query": "status=done"})
    view.refresh_from_db()
    assert (view.name, view.query, view.is_shared) == ("Later", "status=done", False)
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


@pytest.mark.parametrize(("product", "readers"), [("own", ("guest", "stranger")), ("private", ("leader", "admin"))])
def test_a_products_view_is_met_by_who_sees_the_product_and_nobody_else(cast, product, readers):
    view = save(cast.maker, product=getattr(cast, product))
    seen = {name: SavedView.objects.visible_to(getattr(cast, name)).filter(pk=view.pk).exists() for name in readers}
    assert seen == dict.fromkeys(readers, False) | ({"stranger": True} if product == "own" else {})
    MembershipFactory(product=getattr(cast, product), user=cast.guest)
    again = User.objects.get(pk=cast.guest.pk)
    assert SavedView.objects.visible_to(again).filter(pk=view.pk).exists()


def test_a_view_for_everybody_is_met_by_every_member_and_no_guest(cast):
    view = save(cast.contributor, is_shared=True)
    assert [tab.view for tab in tabs(cast.leader, "/features/").others] == [view]
    assert tabs(cast.guest, "/features/").others == []


def test_what_is_shared_changes_by_its_owner_and_the_products_editors(cast):
    view = save(cast.leader, product=cast.own)
    services.change_view(actor=cast.maker, view=view, name="Later")
    assert (view.name, view.product) == ("Later", cast.own)
    for person, shared in ((cast.other_maker, view), (cast.maker, save(cast.leader, name="All", is_shared=True))):
        with pytest.raises(NotAllowed, match="somebody else"):
            services.change_view(actor=person, view=shared, name="Mine")
        with pytest.raises(NotAllowed):
            services.delete_view(actor=person, view=shared)


def test_who_left_a_product_has_lost_the_views_they_shared_in_it(cast, client):
    membership = MembershipFactory(product=cast.private, user=cast.other_maker, level="editor")
    view = save(cast.other_maker, product=cast.private)
    membership.delete()
    client.force_login(cast.other_maker)
    assert client.get(view.get_absolute_url()).status_code == 404
    assert view.get_absolute_url() not in client.get(reverse(PAGE)).content.decode()


def test_a_guest_shares_nothing_and_nobody_shares_where_they_cannot_look(cast):
    with pytest.raises(NotAllowed, match="members"):
        save(cast.guest, is_shared=True)
    with pytest.raises(OutOfSight):
        save(cast.leader, product=cast.private)
    with pytest.raises(OutOfSight):
        services.change_view(actor=cast.leader, view=save(cast.leader), product=cast.private)


def test_a_pin_is_each_persons_own(cast, client):
    view = save(cast.maker, is_shared=True)
    client.force_login(cast.leader)
    client.post(reverse("view-pin", args=[view.pk]))
    services.pin_view(actor=cast.leader, view=view)
    assert list(SavedView.objects.visible_to(cast.leader).pinned_by(cast.leader)) == [view]
    assert not SavedView.objects.visible_to(cast.maker).pinned_by(cast.maker).exists()
    assert [tab.label for tab in tabs(cast.leader, "/features/").tabs] == ["All", "Late"]
    client.post(reverse("view-pin", args=[view.pk]), {"pin": "0"})
    assert not SavedView.objects.visible_to(cast.leader).pinned_by(cast.leader).exists()


def test_a_products_list_opens_with_the_view_its_editors_chose_until_somebody_asks_for_all(cast, client):
    view = save(cast.maker, product=cast.own, is_default=True)
    client.force_login(cast.stranger)
    assert client.get(reverse(PAGE)).status_code == 200
    client.post(reverse("scope"), {"product": "OWN"})
    assert client.get(reverse(PAGE))["Location"] == f"{reverse(PAGE)}?status=open&view={view.pk}"
    page = client.get(f"{reverse(PAGE)}?status=open&view={view.pk}").content.decode()
    assert f'href="{reverse(PAGE)}?view=all"' in page
    assert client.get(reverse(PAGE), {"view": "all"}).status_code == 200
    client.post(reverse("scope"), {"product": "FOREIGN"})
    assert client.get(reverse(PAGE)).status_code == 200


def test_a_products_list_opens_with_one_view_alone(cast):
    first = save(cast.maker, product=cast.own, is_default=True)
    second = save(cast.maker, name="Second", product=cast.own, is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    services.change_view(actor=cast.maker, view=first, is_default=True)
    second.refresh_from_db()
    assert (first.is_default, second.is_default) == (True, False)
    services.change_view(actor=cast.maker, view=first, product=None, is_shared=True)
    assert not first.is_default


def test_only_its_editors_say_what_a_products_list_opens_with(cast):
    with pytest.raises(NotAllowed, match="editors"):
        save(cast.leader, product=cast.own, is_default=True)
    with pytest.raises(RuleBroken, match="Only a product's view"):
        save(cast.maker, is_shared=True, is_default=True)
    view = save(cast.leader, product=cast.own)
    with pytest.raises(NotAllowed, match="editors"):
        services.change_view(actor=cast.leader, view=view, is_default=True)


def test_a_view_whose_words_name_what_is_hidden_opens_as_the_whole_list(cast, client):
    view = save(cast.maker, is_shared=True, query="filter=product:HIDDEN")
    client.force_login(cast.leader)
    answer = client.get(view.get_absolute_url())
    assert answer["Location"] == f"{reverse(PAGE)}?view=all"
    shown = client.get(answer["Location"]).content.decode()
    assert "gone or not yours to see" in shown
    assert "HIDDEN" not in shown
    client.force_login(cast.maker)
    assert "product%3AHIDDEN" in client.get(view.get_absolute_url())["Location"]


def test_the_page_shares_a_view_and_offers_it_to_others(cast, client):
    client.force_login(cast.maker)
    client.post(reverse("views"), {"page": PAGE, "name": "Ours", "query": "status=open", "whom": "OWN", "is_default": "on"})
    view = SavedView.objects.get()
    assert (view.product, view.is_shared, view.is_default) == (cast.own, True, True)
    assert client.post(reverse("views"), {"page": PAGE, "name": "Theirs", "whom": "NOWHERE"}).status_code == 404
    client.force_login(cast.stranger)
    shown = client.get(reverse(PAGE)).content.decode()
    assert "Shared by others" in shown
    assert view.get_absolute_url() in shown
    opened = client.get(view.get_absolute_url(), follow=True).content.decode()
    assert "Save as mine" in opened
    assert reverse("view-removal", args=[view.pk]) not in opened


def test_a_program_shares_and_changes_views_and_hears_no_hidden_words(cast, program):
    maker, leader = program(cast.maker), program(cast.leader)
    made = maker.post("/api/v1/views/", {"page": PAGE, "name": "Late", "query": "filter=product:HIDDEN", "is_shared": True}, format="json")
    assert made.status_code == 201
    told = leader.get(made["Location"])
    assert (told.json()["name"], told.json()["query"]) == ("Late", None)
    assert leader.patch(made["Location"], {"name": "Mine"}, format="json").status_code == 403
    stale = maker.patch(made["Location"], {"query": "filter=product:OWN"}, format="json", headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    maker.patch(made["Location"], {"query": "filter=product:OWN"}, format="json")
    assert leader.get(made["Location"]).json()["query"] == "filter=product%3AOWN"


def test_a_program_for_one_product_shares_with_its_people_only(cast, program):
    narrow = program(cast.maker, product=cast.own)
    assert narrow.post("/api/v1/views/", {"page": PAGE, "name": "Late", "product": "OWN"}, format="json").status_code == 201
    assert narrow.post("/api/v1/views/", {"page": PAGE, "name": "All", "is_shared": True}, format="json").status_code == 403


def test_a_list_reads_its_views_in_one_statement_however_many(cast, django_assert_num_queries):
    for person in (cast.maker, cast.leader, cast.ops):
        for number in range(4):
            services.pin_view(actor=cast.maker, view=save(person, name=f"View {number}", is_shared=True))
    shown = tabs(cast.maker, "/features/")
    with django_assert_num_queries(1):
        assert sorted({tab.view.owner.name for tab in shown.tabs[1:]}) == ["Leader", "Maker", "Ops"]
