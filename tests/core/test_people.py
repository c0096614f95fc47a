"""People, invitations, tokens, memberships: who may, what follows at once, what nobody can guess."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from core import clock, deliveries, services
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import ApiToken, Delivery, Event, Invitation, Membership, Product, Role, User
from tests.factories.core import PASSWORD, UserFactory

NEW_PASSWORD = "quite another long one"


def sign_in(client, person):
    client.force_login(person)
    return client


def link_of(letter) -> str:
    return re.search(r"http://\S+(/invitations/\S+)", letter.body)[1]


@pytest.fixture
def invited(cast) -> tuple[Invitation, str]:
    invitation = services.invite(actor=cast.admin, email=" New@Example.com ", role=Role.MAKER)
    deliveries.send_due()
    return invitation, link_of(mail.outbox[-1])


# --- invitations ------------------------------------------------------------------------------------------------------


def test_an_invited_person_comes_in_by_the_link_of_the_letter(cast, client, invited):
    _, link = invited
    assert mail.outbox[-1].to == ["new@example.com"]
    assert client.get(link).status_code == 200
    answer = client.post(link, {"name": "New Person", "password": NEW_PASSWORD})
    assert answer.status_code == 302
    person = User.objects.get(email="new@example.com")
    assert (person.name, person.role, person.check_password(NEW_PASSWORD)) == ("New Person", Role.MAKER, True)
    assert client.get("/").status_code == 200, "The person is signed in."


def test_a_link_works_once(cast, client, invited):
    _, link = invited
    client.post(link, {"name": "New Person", "password": NEW_PASSWORD})
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, {"name": "Thief", "password": NEW_PASSWORD}).status_code == 404
    assert User.objects.filter(name="Thief").count() == 0


def test_every_link_that_leads_nowhere_gets_the_same_answer(cast, client, invited):
    invitation, link = invited
    services.send_again(actor=cast.admin, invitation=invitation)
    deliveries.send_due()
    newest = link_of(mail.outbox[-1])
    old = client.get(link)
    Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    expired, made_up = client.get(newest), client.get("/invitations/made-up/")
    forged = client.get(link[:-3] + "xx/")
    bodies = {answer.content for answer in (old, expired, made_up, forged)}
    assert {old.status_code, expired.status_code, made_up.status_code, forged.status_code} == {404}
    assert len(bodies) == 1


def test_a_withdrawn_invitation_leads_nowhere_and_its_letter_is_not_sent(cast, client, invited):
    invitation, link = invited
    invitation.refresh_from_db()
    services.send_again(actor=cast.admin, invitation=invitation)
    services.withdraw(actor=cast.admin, invitation=invitation)
    before = len(mail.outbox)
    deliveries.send_due()
    assert len(mail.outbox) == before
    assert Delivery.objects.latest("pk").state == Delivery.State.DROPPED
    assert client.get(link).status_code == 404


def test_a_weak_password_is_refused_at_its_field(cast, client, invited):
    answer = client.post(invited[1], {"name": "New Person", "password": "short"})
    assert answer.status_code == 422
    assert "too short" in answer.content.decode()
    assert not User.objects.filter(email="new@example.com").exists()


def test_nobody_is_invited_twice_nor_who_is_here(cast, invited):
    with pytest.raises(RuleBroken, match="invited already"):
        services.invite(actor=cast.admin, email="new@example.com")
    with pytest.raises(RuleBroken, match="is here already"):
        services.invite(actor=cast.admin, email=cast.maker.email.upper())


def test_only_administrators_invite(cast, client):
    for person in (cast.ops, cast.leader, cast.maker, cast.guest):
        with pytest.raises(NotAllowed):
            services.invite(actor=person, email="x@example.com")
        assert sign_in(client, person).get(reverse("invitations")).status_code == 403


def test_no_link_lies_in_the_database(cast, invited):
    _, link = invited
    token = link.removeprefix("/invitations/").rstrip("/")
    for delivery in Delivery.objects.all():
        assert token not in str(vars(delivery))
    assert token not in str(vars(Invitation.objects.get()))


def test_a_page_invites_sends_again_and_withdraws(cast, client):
    sign_in(client, cast.admin)
    assert client.post(reverse("invitations"), {"email": "a@example.com", "role": "leader"}).status_code == 302
    row = Invitation.objects.get()
    assert "a@example.com" in client.get(reverse("people")).content.decode()
    assert client.post(reverse("invitation-sending", args=[row.pk])).status_code == 302
    assert client.post(reverse("invitation-withdrawal", args=[row.pk])).status_code == 302
    assert client.post(reverse("invitation-sending", args=[row.pk])).status_code == 404
    refused = client.post(reverse("invitations"), {"email": cast.maker.email, "role": "leader"})
    assert refused.status_code == 422
    assert "here already" in refused.content.decode()


def test_accepting_twice_at_the_same_moment_makes_one_person(cast, invited):
    _, link = invited
    token = link.removeprefix("/invitations/").rstrip("/")
    services.accept_invitation(actor=None, token=token, name="First", password=NEW_PASSWORD)
    with pytest.raises(OutOfSight):
        services.accept_invitation(actor=None, token=token, name="Second", password=NEW_PASSWORD)


# --- access ends at once -------------------------------------------------------------------------------------------------


def test_who_is_deactivated_is_out_with_the_next_request(cast, client, program):
    sign_in(client, cast.maker)
    api = program(cast.maker)
    assert (client.get("/").status_code, api.get("/api/v1/products/").status_code) == (200, 200)
    services.change_user(actor=cast.admin, user=User.objects.get(pk=cast.maker.pk), is_active=False)
    assert client.get("/").status_code == 302
    assert api.get("/api/v1/products/").status_code == 401


def test_a_lost_role_counts_with_the_next_request(cast, client):
    sign_in(client, cast.admin)
    services.change_user(actor=cast.admin, user=UserFactory(role=Role.CONTRIBUTOR), role=Role.ADMIN)
    assert client.get(reverse("organisation")).status_code == 200
    services.change_user(actor=cast.admin, user=User.objects.get(pk=cast.admin.pk), role=Role.MAKER)
    assert client.get(reverse("organisation")).status_code == 403


def test_a_changed_password_ends_other_sessions(cast, client, django_user_model):
    cast.maker.set_password(PASSWORD)
    cast.maker.save()
    sign_in(client, cast.maker)
    assert client.get("/").status_code == 200
    cast.maker.set_password(NEW_PASSWORD)
    cast.maker.save()
    assert client.get("/").status_code == 302


def test_an_ended_membership_counts_with_the_next_request(cast, client):
    viewer = UserFactory(role=Role.MAKER)
    membership = services.set_membership(actor=cast.maker, product=cast.private, user=viewer, level=Membership.Level.VIEWER)
    page = reverse("settings-product", args=["HIDDEN"])
    assert sign_in(client, viewer).get(page).status_code == 200
    services.end_membership(actor=cast.maker, membership=membership)
    assert client.get(page).status_code == 404


def test_the_only_administrator_stays(cast, client):
    sign_in(client, cast.admin)
    answer = client.post(reverse("person", args=[cast.admin.pk]), {"name": "Admin", "role": "maker", "is_active": "on", "version": 1})
    assert answer.status_code == 422
    assert "only administrator" in answer.content.decode()


def test_the_last_owner_of_a_product_stays(cast, client):
    mine = Membership.objects.get(product=cast.private, user=cast.maker)
    with pytest.raises(RuleBroken, match="needs an owner"):
        services.end_membership(actor=cast.maker, membership=mine)
    with pytest.raises(RuleBroken, match="needs an owner"):
        services.set_membership(actor=cast.maker, product=cast.private, user=cast.maker, level=Membership.Level.VIEWER)
    answer = sign_in(client, cast.maker).post(reverse("member-removal", args=["HIDDEN", mine.pk]))
    assert answer.status_code == 422


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_person_changes_name_and_zone_and_nothing_else(cast, client):
    sign_in(client, cast.contributor)
    posted = {
        "name": "New Name",
        "timezone": "Europe/Lisbon",
        "digest_hour": 7,
        "role": "admin",
        "is_active": "",
        "email": "x@example.com",
        "version": 1,
    }
    assert client.post(reverse("profile"), posted).status_code == 302
    me = User.objects.get(pk=cast.contributor.pk)
    assert (me.name, me.timezone, me.role, me.is_active, me.email) == (
        "New Name", "Europe/Lisbon", Role.CONTRIBUTOR, True, cast.contributor.email,
    )  # fmt: skip


def test_dates_are_shown_as_they_are_where_the_person_is(cast, client):
    User.objects.filter(pk=cast.maker.pk).update(timezone="Asia/Tokyo", last_login="2026-03-01T20:00:00Z")
    client.cookies.clear()
    sign_in(client, cast.admin)
    User.objects.filter(pk=cast.admin.pk).update(timezone="Asia/Tokyo")
    User.objects.filter(pk=cast.maker.pk).update(last_login="2026-03-01T20:00:00Z")
    assert "2 Mar" in client.get(reverse("people")).content.decode()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_an_unknown_zone_is_refused(cast, client, zone):
    answer = sign_in(client, cast.maker).post(reverse("profile"), {"name": "Maker", "timezone": zone, "version": 1})
    assert answer.status_code == 422


def test_a_profile_changed_elsewhere_shows_both_values(cast, client):
    sign_in(client, cast.maker)
    services.change_user(actor=cast.admin, user=User.objects.get(pk=cast.maker.pk), name="Theirs")
    answer = client.post(reverse("profile"), {"name": "Mine", "timezone": "UTC", "version": 1})
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    chosen = client.post(reverse("profile"), {"name": "Mine", "only": "name", "version": 2})
    assert chosen.status_code == 302
    assert User.objects.get(pk=cast.maker.pk).name == "Mine"


def test_a_token_is_shown_once_and_kept_nowhere(cast, client):
    sign_in(client, cast.maker)
    answer = client.post(reverse("tokens"), {"name": "Report", "days": "30", "may_write": "on"})
    text = re.search(r"pf_[0-9a-f]+\.[\w-]+", answer.content.decode())[0]
    assert text not in client.get(reverse("tokens")).content.decode()
    token = ApiToken.objects.get(user=cast.maker, name="Report")
    assert text.split(".")[1] not in str(vars(token))
    assert (token.scopes, token.product) == (["read", "write"], None)
    assert "no-store" in answer["Cache-Control"]


def test_a_token_can_be_narrowed_to_a_product_in_sight_only(cast, client):
    sign_in(client, cast.other_maker)
    hidden = client.post(reverse("tokens"), {"name": "T", "days": "30", "product": cast.private.pk})
    missing = client.post(reverse("tokens"), {"name": "T", "days": "30", "product": 987654})
    assert hidden.status_code == missing.status_code == 422
    assert client.post(reverse("tokens"), {"name": "T", "days": "30", "product": cast.own.pk}).status_code == 200


def test_a_revoked_token_works_no_longer_and_only_ones_own_is_found(cast, client, program):
    api = program(cast.maker)
    assert sign_in(client, cast.other_maker).post(reverse("token-revocation", args=[api.token.pk])).status_code == 404
    assert sign_in(client, cast.maker).post(reverse("token-revocation", args=[api.token.pk])).status_code == 302
    assert api.get("/api/v1/products/").status_code == 401


def test_a_guest_meets_only_themselves_and_no_address(cast, client):
    page = sign_in(client, cast.guest).get(reverse("people")).content.decode()
    assert cast.guest.name in page
    assert cast.maker.name not in page
    assert client.get(reverse("person", args=[cast.maker.pk])).status_code == 404


def test_people_are_found_by_name(cast, client):
    page = sign_in(client, cast.contributor).get(reverse("people"), {"q": "leader"}).content.decode()
    assert cast.leader.email in page
    assert cast.ops.email not in page


def test_a_page_adds_a_product_and_its_maker_lets_others_in(cast, client):
    sign_in(client, cast.leader)
    assert client.post(reverse("settings-products"), {"key": "NEW", "name": "New", "visibility": "private"}).status_code == 302
    made = Product.objects.get(key="NEW")
    assert client.post(reverse("settings-members", args=["NEW"]), {"user": cast.ops.pk, "level": "viewer"}).status_code == 302
    assert Membership.objects.filter(product=made, user=cast.ops, level="viewer").exists()
    taken = client.post(reverse("settings-products"), {"key": "HIDDEN", "name": "Mine", "visibility": "open"})
    assert taken.status_code == 422
    assert "taken" in taken.content.decode()


def test_a_private_product_is_missing_for_who_is_no_member(cast, client):
    for person in (cast.admin, cast.ops, cast.leader, cast.other_maker, cast.contributor, cast.guest):
        sign_in(client, person)
        assert client.get(reverse("settings-product", args=["HIDDEN"])).status_code == 404
        assert client.post(reverse("settings-members", args=["HIDDEN"]), {"user": person.pk, "level": "owner"}).status_code == 404
        assert "canary" not in client.get(reverse("settings-products")).content.decode()


def test_only_its_owners_and_administrators_share_a_product(cast, client):
    posted = {"user": cast.contributor.pk, "level": "viewer"}
    for person, status in ((cast.other_maker, 403), (cast.leader, 403), (cast.maker, 302), (cast.admin, 302)):
        assert sign_in(client, person).post(reverse("settings-members", args=["OWN"]), posted).status_code == status


def test_what_administrators_do_is_recorded(cast):
    services.set_membership(actor=cast.admin, product=cast.own, user=cast.ops, level="editor")
    event = Event.objects.order_by("-number").first()
    assert (event.verb, event.actor) == ("core.membership_created", cast.admin)


# --- letters of sign-in ---------------------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_by_the_link_of_a_letter_that_lies_nowhere(cast, client):
    client.post("/accounts/password/reset/", {"email": cast.maker.email})
    assert len(mail.outbox) == 0, "No request waits for a mail server."
    queued = Delivery.objects.get()
    assert "/accounts/" not in str(queued.payload)
    deliveries.send_due()
    link = re.search(r"http://\S+?(/accounts/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert done.status_code == 302
    assert User.objects.get(pk=cast.maker.pk).check_password(NEW_PASSWORD)


def test_an_unknown_address_gets_the_same_answer_and_another_letter(cast, client):
    known = client.post("/accounts/password/reset/", {"email": cast.maker.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    deliveries.send_due()
    assert {letter.to[0] for letter in mail.outbox} == {cast.maker.email, "nobody@example.com"}
