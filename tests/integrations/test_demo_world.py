"""The demonstration company: what was promised of it, and that it is whole."""

import re
from collections import Counter
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import pytest
from django.http import QueryDict
from django.urls import reverse

from core.filtering import read
from integrations.demo.records import World
from integrations.demo.sources import toml
from integrations.demo.world import build_world
from roadmaps.fields import FIELDS

TODAY = date(2026, 11, 23)


def moments(value) -> list[datetime]:
    """Every moment anywhere inside a record."""
    if isinstance(value, datetime):
        return [value]
    if is_dataclass(value):
        return [found for name in value.__slots__ for found in moments(getattr(value, name))]
    if isinstance(value, tuple):
        return [found for item in value for found in moments(item)]
    return []


def test_the_company_is_as_large_as_promised(world):
    counts = {name: len(getattr(world, name)) for name in World.__slots__ if isinstance(getattr(world, name), tuple)}
    assert {name: counts[name] for name in ("people", "products", "initiatives", "features", "releases", "dependencies")} == {
        "people": 12, "products": 9, "initiatives": 30, "features": 420, "releases": 14, "dependencies": 60,
    }  # fmt: skip
    assert {name: counts[name] for name in ("accounts", "feedback", "metrics", "documents", "decisions", "comments")} == {
        "accounts": 180, "feedback": 2500, "metrics": 20, "documents": 12, "decisions": 25, "comments": 150,
    }  # fmt: skip
    assert counts["requesters"] >= 420
    assert sum(line.parent == "" for line in world.lines) == 2
    assert sum(product.is_private for product in world.products) == 2


def test_what_is_named_for_outside_is_there_and_nothing_private_is(world):
    told = toml("outside")
    titles, slugs = {feature.title for feature in world.features}, {initiative.slug for initiative in world.initiatives}
    assert set(told["features"]) <= titles
    assert set(told["initiatives"]) <= slugs
    private = {product.key for product in world.products if product.is_private}
    assert [row.title for row in (*world.features, *world.initiatives) if row.product in private and row.outside_name] == []
    assert all(len(name) <= 120 for name in (*told["features"].values(), *told["initiatives"].values()))


def test_every_role_is_played_by_somebody(world):
    assert {person.role for person in world.people} == {"admin", "ops", "leader", "maker", "contributor", "guest"}
    assert {member.role for member in world.memberships} == {"owner", "editor", "viewer"}


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1), date(2028, 2, 29)])
def test_the_same_day_and_seed_give_the_same_company(today):
    assert build_world(today) == build_world(today)


def test_another_seed_gives_another_company(world):
    assert build_world(TODAY, seed=7).feedback != world.feedback


def test_the_company_is_built_in_a_second_and_a_half():
    begin = process_time()
    build_world(TODAY)
    assert process_time() - begin <= 1.5


@pytest.mark.parametrize("today", [TODAY, date(2026, 12, 31), date(2027, 1, 1), date(2027, 4, 1), date(2028, 2, 29)])
def test_on_any_day_nothing_happens_after_the_start_of_that_day(today):
    built = build_world(today)
    end = datetime.combine(today, time(), UTC)
    for name in World.__slots__:
        assert max(moments(getattr(built, name)), default=end) <= end, name
    assert min(act.at for act in built.history) >= end - timedelta(days=549)
    assert len({release.version for release in built.releases}) == 14


def test_nobody_and_nothing_is_named_that_does_not_exist(world):
    people = {person.email for person in world.people}
    products = {product.key for product in world.products}
    lines = {line.slug for line in world.lines}
    features = {feature.key for feature in world.features}
    initiatives = {initiative.slug for initiative in world.initiatives}
    objectives = {objective.slug for objective in world.objectives}
    accounts = {account.slug for account in world.accounts}
    segments = {segment.slug for segment in world.segments}
    releases = {release.version for release in world.releases}
    metrics = {metric.slug for metric in world.metrics}
    requesters = {requester.key for requester in world.requesters}
    assert lines | {""} >= {line.parent for line in world.lines}
    assert all(product.home in product.lines and lines >= set(product.lines) for product in world.products)
    assert people >= {product.owner for product in world.products} | {line.leader for line in world.lines} | {
        act.actor for act in world.history
    }
    assert people >= {member.person for member in world.memberships} | {team.lead for team in world.teams}
    assert people >= {account.owner for account in world.accounts} | {rating.rater for rating in world.ratings}
    assert people >= {comment.author for comment in world.comments} | {decision.by for decision in world.decisions}
    assert people >= {update.author for update in world.updates} | {document.author for document in world.documents}
    assert people | {""} >= {message.submitter for message in world.feedback}
    assert segments >= {account.segment for account in world.accounts}
    assert accounts | {""} >= {requester.account for requester in world.requesters} | {feature.deal_account for feature in world.features}
    assert requesters >= {message.requester for message in world.feedback}
    assert features >= {link.feature for message in world.feedback for link in message.evidence}
    assert features >= {rating.feature for rating in world.ratings} | {comment.feature for comment in world.comments}
    assert features >= {key for dependency in world.dependencies for key in (dependency.before, dependency.after)}
    assert features | products | initiatives >= {decision.subject for decision in world.decisions}
    assert initiatives | objectives | releases >= {update.subject for update in world.updates}
    assert objectives >= {slug for initiative in world.initiatives for slug, _ in initiative.objectives}
    assert metrics | {""} >= {result.metric for objective in world.objectives for result in objective.results}
    for feature in world.features:
        assert feature.product in products
        assert feature.initiative in initiatives
        assert releases | {""} >= {feature.release}
        assert segments >= set(feature.segments)
        assert metrics >= set(feature.metrics)
        assert objectives >= {slug for slug, _ in feature.objectives}


def test_the_last_word_on_each_objective_is_its_status(world):
    said = {update.subject: update.state for update in world.updates if update.subject_type == "objective"}
    assert said == {objective.slug: objective.status for objective in world.objectives}


def test_lists_people_keep_are_of_pages_there_are(world):
    people = {person.email for person in world.people}
    assert all(view.person in people and reverse(view.page) for view in world.views)


def test_natural_keys_are_given_once(world):
    for keys in (
        [feature.key for feature in world.features],
        [feature.title.lower() for feature in world.features],
        [feature.description for feature in world.features],
        [account.slug for account in world.accounts],
        [requester.key for requester in world.requesters],
        [message.key for message in world.feedback],
        [(message.source, message.source_id) for message in world.feedback],
        [message.text for message in world.feedback],
        [(rating.feature, rating.criterion, rating.rater) for rating in world.ratings],
        [(member.product, member.person) for member in world.memberships],
        [comment.text for comment in world.comments],
    ):
        assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_numbers_of_features_run_without_a_gap_within_each_product(world):
    for product in world.products:
        numbers = sorted(feature.number for feature in world.features if feature.product == product.key)
        assert numbers == list(range(1, len(numbers) + 1))


def test_no_feature_waits_for_itself_by_any_way(world):
    before = {}
    for dependency in world.dependencies:
        before.setdefault(dependency.after, set()).add(dependency.before)

    def reaches(key, path):
        assert key not in path, f"A circle: {' > '.join([*path, key])}"
        for other in before.get(key, ()):
            reaches(other, [*path, key])

    for key in before:
        reaches(key, [])


def test_only_the_connector_ends_after_it_is_needed(world):
    features = {feature.key: feature for feature in world.features}
    broken = []
    for dependency in world.dependencies:
        first, second = features[dependency.before], features[dependency.after]
        if None in (first.start, first.target, second.start, second.target) or dependency.type == "relates":
            continue
        late = {
            "FS": first.target >= second.start,
            "SS": first.start > second.start,
            "FF": first.target > second.target,
        }[dependency.type]
        if late:
            broken.append((first.key, second.key, (first.target - second.target).days))
    assert broken == [("CON-08", "PAY-57", 12)]


def test_an_agreement_stands_only_between_two_products(world):
    for dependency in world.dependencies:
        assert dependency.agreement == "" or dependency.before[:3] != dependency.after[:3]
        assert (dependency.needed_by is None) == (dependency.agreement == "")


def test_evidence_quotes_the_message_word_for_word(world):
    links = [(message, link) for message in world.feedback for link in message.evidence]
    assert len(links) >= 1700
    assert [message.key for message, link in links if not link.quote or link.quote not in message.text] == []
    assert [message.key for message, link in links if link.at < message.at] == []


def test_a_person_asks_for_a_feature_once(world):
    asked = Counter((message.requester, link.feature) for message in world.feedback for link in message.evidence)
    assert [pair for pair, count in asked.items() if count > 1] == []


def test_feedback_is_triaged_declined_or_waits(world):
    states = Counter(message.state for message in world.feedback)
    assert 0.68 <= states["triaged"] / 2500 <= 0.8
    assert states["declined"] >= 200
    for message in world.feedback:
        assert (message.state == "declined") == bool(message.declined_because)
        if message.state == "triaged" and message.kind != "praise":
            assert message.evidence, message.key
        if message.state in ("declined", "snoozed"):
            assert not message.evidence, message.key


def test_who_leaves_or_chooses_another_says_so_at_the_end(world):
    ended = {account.slug: account.ended_on for account in world.accounts}
    at = {requester.key: requester.account for requester in world.requesters}
    for message in world.feedback:
        if message.kind in ("lost deal", "exit interview") and not message.source_id.startswith("opp-7"):
            assert abs((message.at.date() - ended[at[message.requester]]).days) <= 12, message.key
        assert (message.kind == "lost deal") == bool(message.competitor)
        assert message.kind != "lost deal" or message.deal_size


def test_texts_have_no_blank_left_open(world):
    said = [message.text + message.title for message in world.feedback]
    assert [text for text in said if re.search(r"[{}]|\bNone\b|lorem", text)] == []


@pytest.mark.parametrize(
    ("key", "people", "revenue"),
    [("PAY-42", 31, 3_120_000), ("PAY-57", 22, 2_460_000), ("DSP-33", 27, 2_230_000), ("CON-08", 16, 2_740_000), ("PAY-70", 4, 1_190_000)],
)
def test_demand_comes_to_the_figures_of_the_pictures(world, key, people, revenue):
    accounts = {account.slug: account.revenue for account in world.accounts}
    at = {requester.key: requester.account for requester in world.requesters}
    asking = {message.requester for message in world.feedback for link in message.evidence if link.feature == key}
    assert len(asking) == people
    assert sum(accounts[slug] for slug in {at[person] for person in asking} - {""}) == pytest.approx(revenue, rel=0.03)


def test_private_products_are_named_by_open_ones_only_in_dependencies(world):
    private = {product.key for product in world.products if product.is_private}
    own = {initiative.slug for initiative in world.initiatives if initiative.product in private}
    goals = {objective.slug for objective in world.objectives if objective.product in private}
    trains = {release.version for release in world.releases if release.product in private}
    members = {product: {member.person for member in world.memberships if member.product == product} for product in private}
    for feature in world.features:
        if feature.product in private:
            assert feature.initiative in own
            assert feature.release in trains | {""}
        else:
            assert feature.initiative not in own
            assert feature.release not in trains
            assert not goals & {slug for slug, _ in feature.objectives}
    for message in world.feedback:
        assert all((link.feature[:3] in private) == (message.product in private) for link in message.evidence)
        assert message.submitter == "" or message.product not in private or message.submitter in members[message.product]
    for rating in world.ratings:
        assert rating.feature[:3] not in private or rating.rater in members[rating.feature[:3]]
    for segment in world.segments:
        assert not private & set(segment.products)


def test_open_texts_do_not_speak_of_private_products(world):
    private = {product.key: product.name for product in world.products if product.is_private}
    secret = re.compile("|".join([*(rf"\b{key}-\d" for key in private), *private.values()]))
    own = {initiative.slug for initiative in world.initiatives if initiative.product in private}
    texts = [feature.title + feature.description for feature in world.features if feature.product not in private]
    texts += [message.title + message.text for message in world.feedback if message.product not in private]
    texts += [comment.text for comment in world.comments] + [decision.question + decision.why for decision in world.decisions]
    texts += [update.text for update in world.updates if update.subject not in own]
    texts += [section.text for document in world.documents for section in document.revisions[-1].sections]
    texts += [act.reason for act in world.history if act.subject[:3] not in private]
    assert [text for text in texts if secret.search(text)] == []


def test_ratings_keep_to_their_scale_and_differ(world):
    scale = {criterion.key: criterion for criterion in world.scoring_model.criteria if criterion.source == "rated"}
    values: dict[tuple[str, str], set[int]] = {}
    for rating in world.ratings:
        assert scale[rating.criterion].low <= rating.value <= scale[rating.criterion].high
        values.setdefault((rating.feature, rating.criterion), set()).add(rating.value)
    assert sum(len(found) > 1 for found in values.values()) > len(values) / 2
    assert sum(bool(rating.note) for rating in world.ratings) > 100


def test_weights_of_every_version_of_the_model_come_to_a_hundred(world):
    model = world.scoring_model
    assert len(model.criteria) == 6
    assert [version.number for version in model.versions] == [1, 2, 3, 4, 5, 6]
    for version in model.versions:
        assert sum(version.weights) == 100
        assert len(version.weights) == len(model.criteria)


def test_metrics_have_two_years_of_points(world):
    for metric in world.metrics:
        days = [point.day for point in metric.points]
        assert days == sorted(set(days))
        assert days[-1] < TODAY
        assert len(days) == {"weekly": 104, "monthly": 24}[metric.cadence]
        assert metric.band_low < metric.band_high
    last = {metric.slug: metric.points[-1].value for metric in world.metrics}
    told = {
        "net-revenue-retention": 112.4,
        "same-day-settlement": 33.1,
        "where-tickets": 14.9,
        "first-live-order": 6.4,
        "unplanned-work": 18,
    }
    assert {slug: last[slug] for slug in told} == told
    assert (last["payout-failures"], last["terminal-accounts"]) == (0.42, 41)


def test_documents_have_the_sections_of_the_template_in_its_order(world):
    titles = [section.title for section in world.template.sections]
    for document in world.documents:
        assert [section.title for section in document.revisions[-1].sections] == titles, document.feature
        assert [revision.at for revision in document.revisions] == sorted(revision.at for revision in document.revisions)
        assert all(section.text for section in document.revisions[-1].sections)


def test_the_world_is_plain_values(world):
    assert asdict(world)["organisation"] == {"name": "Quayside", "currency": "EUR", "zone": "Europe/Lisbon"}


def test_kept_views_of_features_say_filters_that_are_read(world):
    views = [QueryDict(view.query) for view in world.views if view.page == "features"]
    assert len(views) > 3
    for asked in views:
        assert set(asked) <= {"filter", "sort", "group", "columns"}
        assert read(asked["filter"]) is not None
        assert set(re.findall(r"([a-z_]+)[:<>]", asked["filter"])) <= set(FIELDS)
