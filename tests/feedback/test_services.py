"""Taking in, sorting and linking: what is kept, what is refused, who may."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core import clock
from core.acts import act
from core.exceptions import NotAllowed, OutOfSight, RuleBroken
from core.models import Change, Event, Product
from core.undo import undo_event
from feedback import services
from feedback.models import Evidence, Feedback, Requester
from feedback.reports import demand_of_account, quotes_of
from portfolio.models import Account
from tests.factories.feedback import EvidenceFactory, FeedbackFactory, RequesterFactory
from tests.factories.roadmaps import FeatureFactory

TEXT = "We close four entities by hand every month. It takes three days."


def submit(actor, **values) -> Feedback:
    return services.submit_feedback(actor=actor, submitter=actor, **{"text": TEXT, **values})


# --- taking in ---------------------------------------------------------------------------------------------------------------


def test_a_contributor_submits_for_an_account_made_in_place(cast):
    row = submit(cast.contributor, account_name="  Otto &  Lund ", person={"name": "Freja Lund", "job": "CFO"}, deal_size=Decimal(90_000))
    account = Account.objects.get(name="Otto & Lund")
    assert (account.state, account.owner) == ("prospect", cast.contributor)
    assert (row.requester.name, row.requester.job, row.account) == ("Freja Lund", "CFO", account)
    assert (row.title, row.state, row.submitter) == (TEXT, "new", cast.contributor)
    assert Event.objects.count() == 1  # account, person and message are one act


def test_an_account_that_names_nobody_has_one_requester_without_a_name(cast, market):
    first, second = submit(cast.contributor, account=market.mine), submit(cast.contributor, account=market.mine)
    assert first.requester == second.requester
    assert str(first.requester) == "Somebody at Brightwater Foods"


def test_a_known_person_is_found_by_address_or_name_and_keeps_what_is_known(cast, market):
    known = RequesterFactory(name="Dana Whitfield", email="dana@example.com", account=market.other, job="")
    again = services.find_or_create_requester(actor=cast.maker, name="D. W.", email="Dana@Example.com", job="treasurer")
    assert again == known
    known.refresh_from_db()
    assert (known.name, known.job, known.account) == ("Dana Whitfield", "treasurer", market.other)
    by_name = services.find_or_create_requester(actor=cast.maker, account=market.mine, name="dana whitfield")
    assert by_name == market.dana


def test_what_the_account_was_then_stays(cast, market):
    row = submit(cast.contributor, account=market.mine)
    Account.objects.update(state="churned", annual_revenue=1)
    row.refresh_from_db()
    assert (row.account_state, row.account_revenue) == ("customer", Decimal(412_000))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  \n "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"deal_size": Decimal(-1)}, "deal_size"),
        ({"tags": ["short", "y" * 41]}, "tags"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(cast, values, field):
    with pytest.raises(RuleBroken) as refused:
        submit(cast.contributor, **values)
    assert refused.value.field == field
    assert not Feedback.objects.exists()


def test_line_ends_and_nulls_of_browsers_are_tidied(cast):
    assert submit(cast.contributor, text="one\r\ntwo\x00\rthree ").text == "one\ntwo\nthree"


def test_a_message_is_known_by_its_source_and_id(cast):
    submit(cast.maker, source="zendesk", source_id="88214")
    submit(cast.maker, source="mail", source_id="88214")
    with pytest.raises(RuleBroken, match="here already"):
        submit(cast.maker, source="Zendesk ", source_id="88214")


def test_guests_submit_nothing_and_nobody_submits_to_a_product_out_of_sight(cast):
    with pytest.raises(NotAllowed):
        submit(cast.guest)
    with pytest.raises(OutOfSight):
        submit(cast.contributor, product=cast.private)


def test_adding_to_a_feature_makes_the_message_evidence_at_once(cast, plan, market):
    row = submit(cast.contributor, account=market.mine, feature=plan.own, importance="critical")
    link = Evidence.objects.get()
    assert (link.feedback, link.feature, link.importance, link.quote) == (row, plan.own, "critical", "")
    row.refresh_from_db()
    assert (row.state, row.product) == ("linked", cast.own)
    with pytest.raises(OutOfSight):
        submit(cast.contributor, feature=plan.private)


def test_many_messages_are_taken_in_together(cast, market):
    rows = [{"text": f"Text {n}", "source": "import", "source_id": str(n), "requester": market.dana} for n in range(60)]
    made = services.import_feedback(actor=cast.ops, rows=rows)
    assert Feedback.objects.filter(account_revenue=412_000, submitter=None).count() == len(made) == 60
    assert Event.objects.count() == 1


# --- linking ---------------------------------------------------------------------------------------------------------------------


def test_a_passage_is_quoted_without_the_blanks_around_it(cast, plan):
    message = FeedbackFactory(text=TEXT)
    link = services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own, importance="critical", start=43, end=len(TEXT))
    assert (link.quote, link.start) == ("It takes three days.", 44)
    message.refresh_from_db()
    assert (message.state, message.product) == ("linked", cast.own)


@pytest.mark.parametrize(("start", "end"), [(0, 999), (5, 5), (9, 3), (43, 44)])
def test_a_passage_that_is_not_there_is_refused(cast, plan, start, end):
    with pytest.raises(RuleBroken, match="passage"):
        services.link_evidence(actor=cast.maker, feedback=FeedbackFactory(text=TEXT), feature=plan.own, start=start, end=end)


def test_the_same_passage_is_linked_to_a_feature_once(cast, plan):
    message = FeedbackFactory(text=TEXT)
    for span in ({"start": 0, "end": 8}, {}):
        services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own, **span)
        with pytest.raises(RuleBroken, match="linked to that feature already"):
            services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own, **span)


def test_the_latest_importance_of_a_person_stands_and_the_history_keeps_the_others(cast, plan, market):
    early = EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.own, importance="critical")
    late = EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.own, importance="nice")
    assert [one.evidence for one in quotes_of(cast.maker, plan.own)] == [late]
    services.change_importance(actor=cast.maker, evidence=late, importance="important")
    assert [one.evidence.importance for one in quotes_of(cast.maker, plan.own)] == ["important"]
    assert Change.objects.get(subject_type="feedback.evidence").before == {"importance": "nice"}
    assert early.importance == "critical"


def test_a_message_left_without_links_is_new_again(cast, plan):
    message = FeedbackFactory(product=cast.own)
    first = services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own)
    second = services.link_evidence(actor=cast.maker, feedback=message, feature=FeatureFactory(product=cast.own))
    services.unlink_evidence(actor=cast.maker, evidence=first)
    assert Feedback.objects.get().state == "linked"
    services.unlink_evidence(actor=cast.maker, evidence=Evidence.objects.select_related("feedback").get(pk=second.pk))
    assert Feedback.objects.get().state == "new"


def test_linking_is_undone_as_one(cast, plan, market):
    message = FeedbackFactory(requester=market.dana)
    with act(cast.maker) as done:
        services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own)
    undo_event(actor=cast.maker, event=done.event)
    message.refresh_from_db()
    plan.own.refresh_from_db()
    assert (message.state, message.product, plan.own.demand_people) == ("new", None, 0)
    assert not Evidence.objects.alive().exists()


def test_quotes_are_found_again_when_the_text_changes(cast, plan):
    message = FeedbackFactory(product=cast.own, text=TEXT)
    there = services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own, start=44, end=len(TEXT))
    gone = services.link_evidence(actor=cast.maker, feedback=message, feature=plan.own, start=0, end=8)
    message.refresh_from_db()
    services.change_feedback(actor=cast.maker, feedback=message, text="New beginning. It takes three days. Help!")
    there.refresh_from_db()
    gone.refresh_from_db()
    assert (there.start, there.end, there.quote) == (15, 35, "It takes three days.")
    assert (gone.start, gone.end, gone.quote) == (None, None, "We close")


# --- sorting ---------------------------------------------------------------------------------------------------------------------


def test_a_snoozed_message_is_new_again_when_its_moment_has_come(cast):
    message = FeedbackFactory(product=cast.own)
    services.snooze_feedback(actor=cast.maker, feedback=message, until=clock.now() + timedelta(days=2))
    mine = Feedback.objects.visible_to(cast.maker)
    assert (mine.waiting().count(), mine.asleep().count()) == (0, 1)
    Feedback.objects.update(snoozed_until=clock.now() - timedelta(minutes=1))
    assert (mine.waiting().count(), mine.asleep().count()) == (1, 0)


@pytest.mark.parametrize("days", [-1, 400])
def test_a_message_sleeps_from_tomorrow_to_a_year(cast, days):
    with pytest.raises(RuleBroken):
        services.snooze_feedback(actor=cast.maker, feedback=FeedbackFactory(product=cast.own), until=clock.now() + timedelta(days=days))


def test_declining_needs_a_reason_and_can_be_taken_back(cast):
    message = FeedbackFactory(product=cast.own)
    with pytest.raises(RuleBroken) as refused:
        services.decline_feedback(actor=cast.maker, feedback=message, reason="  ")
    assert refused.value.field == "reason"
    services.decline_feedback(actor=cast.maker, feedback=message, reason="Not our market")
    services.reopen_feedback(actor=cast.maker, feedback=message)
    assert (message.state, message.declined_because) == ("new", "")


def test_merging_takes_no_detours(cast):
    one, two, three = (FeedbackFactory(product=cast.own) for _ in range(3))
    services.merge_feedback(actor=cast.maker, feedback=one, into=two)
    for feedback, into in ((two, three), (three, one), (two, two)):
        with pytest.raises(RuleBroken):
            services.merge_feedback(actor=cast.maker, feedback=feedback, into=into)


def test_a_message_is_given_only_to_who_reads_it(cast):
    message = FeedbackFactory(product=cast.private)
    services.assign_feedback(actor=cast.maker, feedback=message, assignee=cast.maker)
    for person in (cast.leader, cast.contributor):
        with pytest.raises(RuleBroken, match="does not see"):
            services.assign_feedback(actor=cast.maker, feedback=message, assignee=person)


# --- who may, and who sees -----------------------------------------------------------------------------------------------------------


def seen_by(user) -> set[str]:
    return set(Feedback.objects.visible_to(user).values_list("title", flat=True))


def test_everybody_sees_the_messages_that_are_theirs_to_see(cast, market):
    FeedbackFactory(title="unsorted", requester=market.jan)
    FeedbackFactory(title="own", product=cast.own, requester=market.jan)
    FeedbackFactory(title="private canary", product=cast.private, requester=market.jan)
    FeedbackFactory(title="of my account", product=cast.own, requester=market.dana)
    FeedbackFactory(title="of my account, private canary", product=cast.private, requester=market.dana)
    FeedbackFactory(title="written by me", product=cast.own, requester=market.jan, submitter=cast.contributor)
    FeedbackFactory(title="written by me, moved", product=cast.private, requester=market.jan, submitter=cast.contributor)
    everything = {"unsorted", "own", "of my account", "written by me"}
    hidden = {"private canary", "of my account, private canary", "written by me, moved"}
    assert seen_by(cast.maker) == everything | hidden
    for person in (cast.other_maker, cast.leader, cast.ops, cast.admin, cast.stranger):
        assert seen_by(person) == everything
    assert seen_by(cast.contributor) == {"of my account", "written by me", "written by me, moved"}
    assert seen_by(cast.guest) == set()


def test_evidence_is_seen_by_who_sees_both_its_ends(cast, plan, market):
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.own)
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.jan), feature=plan.own)
    EvidenceFactory(feedback=FeedbackFactory(product=cast.private, requester=market.dana), feature=plan.private)
    count = {name: Evidence.objects.visible_to(getattr(cast, name)).count() for name in ("maker", "leader", "contributor", "guest")}
    assert count == {"maker": 3, "leader": 2, "contributor": 1, "guest": 0}


def test_private_products_are_linked_among_themselves_only(cast, plan):
    for product, feature in ((cast.own, plan.private), (cast.private, plan.own)):
        with pytest.raises(RuleBroken, match="private"):
            services.link_evidence(actor=cast.maker, feedback=FeedbackFactory(product=product), feature=feature)
    linked = FeedbackFactory(product=cast.own)
    services.link_evidence(actor=cast.maker, feedback=linked, feature=plan.own)
    with pytest.raises(RuleBroken, match="Unlink it first"):
        services.change_feedback(actor=cast.maker, feedback=linked, product=cast.private)
    with pytest.raises(RuleBroken, match="private"):
        services.merge_feedback(actor=cast.maker, feedback=FeedbackFactory(product=cast.private), into=linked)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("maker", True),
        ("ops", True),
        ("leader", True),
        ("other_maker", False),
        ("admin", False),
        ("contributor", False),
        ("stranger", False),
    ],
)
def test_the_messages_of_a_product_are_sorted_by_its_editors_and_by_product_operations(cast, who, allowed):
    message = FeedbackFactory(product=cast.own, submitter=cast.contributor)
    actor = getattr(cast, who)
    if allowed:
        services.close_feedback(actor=actor, feedback=message)
        assert message.state == "closed"
    else:
        with pytest.raises(NotAllowed):
            services.close_feedback(actor=actor, feedback=message)


def test_who_does_not_see_a_private_product_does_not_sort_its_messages(cast):
    with pytest.raises(OutOfSight):
        services.close_feedback(actor=cast.ops, feedback=FeedbackFactory(product=cast.private))


def test_an_account_page_shows_only_what_the_reader_may_read(cast, plan, market):
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.own)
    EvidenceFactory(feedback=FeedbackFactory(product=cast.private, requester=market.dana), feature=plan.private)
    FeedbackFactory(product=cast.private, requester=market.dana, title="private canary")
    assert [wish.feature for wish in demand_of_account(cast.leader, market.mine).wishes] == [plan.own]
    assert demand_of_account(cast.leader, market.mine).loose == []
    assert len(demand_of_account(cast.maker, market.mine).wishes) == 2


def test_a_product_made_private_takes_its_links_out_of_sight(cast, plan, market):
    EvidenceFactory(feedback=FeedbackFactory(product=cast.own, requester=market.dana), feature=plan.foreign)
    Product.objects.filter(pk=cast.foreign.pk).update(visibility="private")
    assert quotes_of(cast.leader, plan.foreign) == []
    assert Requester.objects.visible_to(cast.leader).filter(pk=market.dana.pk).exists()
