"""Reads of feedback that are no rows of one model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q

from core import clock
from core.masking import masked_revenue
from core.models import Product, User
from core.search import sharing
from feedback.models import Evidence, Feedback, FeedbackQuerySet, Importance
from feedback.similarity import CLOSE, likeness, say_why, stem, telling_words
from portfolio.models import Account
from roadmaps.models import Feature
from roadmaps.models.plan import Status

MANY = 1_000  # nothing is counted beyond this
CANDIDATES = 60
HOME = 10  # points of likeness that being of the product named is worth
RECENT = timedelta(days=90)
WEIGHT = {Importance.CRITICAL: 3, Importance.IMPORTANT: 2, Importance.NICE: 1}

# What may be told to a customer, by what a feature's status promises.
TELL = {
    Status.OPEN: "We have noted it and are looking into it. Nothing is planned yet.",
    Status.PLANNED: "It is being defined now. We will confirm a date once it is settled.",
    Status.IN_PROGRESS: "We are building it.",
    Status.SHIPPED: "It is there: you can use it now.",
    Status.DECLINED: "We have decided not to build this.",
    Status.RETIRED: "This is not offered any more.",
}


def count_up_to(rows, most: int = MANY) -> int:
    """How many rows there are, as far as that is worth knowing: `most` stands for that many or more."""
    return rows.order_by()[:most].count()


def say_count(count: int) -> str:
    """The count in figures: 23, 999+."""
    return f"{MANY - 1}+" if count >= MANY else str(count)


# --- alike -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Similar:
    """A message that asks for much the same, and why it is thought so."""

    feedback: Feedback
    score: float
    reason: str
    revenue: Decimal | None


@dataclass(frozen=True)
class Asked:
    """A feature that people asked for in much the same words."""

    feature: Feature
    score: float
    reason: str


def similar_to(user: User, feedback: Feedback, limit: int = 3) -> list[Similar]:
    """Messages of the last 90 days like this one, in sight, most alike first."""
    mine = f"{feedback.title}\n{feedback.text}"
    ids = sharing(user, "feedback.feedback", _beginnings(mine), CANDIDATES)
    rows = Feedback.objects.visible_to(user).canonical().filter(pk__in=ids, received_at__gte=clock.now() - RECENT)
    alike = [(likeness(mine, row.text, row.title), row) for row in rows.exclude(pk=feedback.pk).for_list()]
    best = sorted((pair for pair in alike if pair[0].score >= CLOSE / 2), key=lambda pair: (-pair[0].score, -pair[1].pk))[:limit]
    linked = _features_by_feedback(user, [row.pk for _, row in best])
    return [
        Similar(
            row,
            found.score,
            f"linked to {linked[row.pk]}" if row.pk in linked else say_why(found.shared),
            masked_revenue(user, row.account),
        )
        for found, row in best
    ]


def asked_before(user: User, text: str, limit: int = 3, product: Product | None = None) -> list[Asked]:
    """Features in sight that this text seems to ask for, by their own words and by what others wrote of them, most alike first.

    Those of the product, where one is named, come before others that are as alike.
    """
    words = _beginnings(text)
    if len(words) < 2:
        return []
    found: dict[int, Asked] = {}
    features = Feature.objects.visible_to(user).canonical().filter(pk__in=sharing(user, "roadmaps.feature", words, CANDIDATES)).for_list()
    for feature in features:
        like = likeness(text, feature.description, feature.title)
        found[feature.pk] = Asked(feature, like.score, say_why(like.shared))
    messages = Feedback.objects.visible_to(user).filter(pk__in=sharing(user, "feedback.feedback", words, CANDIDATES))
    evidence = Evidence.objects.visible_to(user).filter(feedback__in=messages, feature__merged_into=None)
    for quote in evidence.select_related("feedback", "feature__product", "feature__stage"):
        like = likeness(text, quote.quote or quote.feedback.text, quote.feedback.title)
        known = found.get(quote.feature_id)
        if known is None or like.score * 0.95 > known.score:
            found[quote.feature_id] = Asked(quote.feature, like.score * 0.95, say_why(like.shared))
    good = [asked for asked in found.values() if asked.score >= CLOSE / 2]
    nearer = product.pk if product is not None else None
    good.sort(key=lambda a: (-a.score - HOME * (a.feature.product_id == nearer), -a.feature.demand_people, a.feature.pk))
    return good[:limit]


def _beginnings(text: str) -> list[str]:
    return [stem(word) for word in telling_words(text[: Feedback.LONGEST])]


def _features_by_feedback(user: User, ids: Sequence[int]) -> dict[int, str]:
    rows = Evidence.objects.visible_to(user).filter(feedback__in=ids).order_by("-pk").values_list("feedback_id", "feature__key")
    return dict(rows)


def find_features(user: User, words: str, limit: int = 6, product: Product | None = None) -> list[Feature]:
    """Features in sight whose key begins like the words, or whose title has them all; the product's own, and what most ask for, first."""
    rows = Feature.objects.visible_to(user).canonical().select_related("product", "stage")
    by_title = Q()
    for word in words.split()[:8]:
        by_title &= Q(title__icontains=word)
    wanted = Q(key__istartswith=words.strip()) | by_title if words.strip() else Q()
    elsewhere = ~Q(product=product) if product is not None else Q(pk=None)
    return list(
        rows.filter(wanted)
        .alias(elsewhere=ExpressionWrapper(elsewhere, BooleanField()))
        .order_by("elsewhere", "-demand_people", "key")[:limit]
    )


# --- behind a feature ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quote:
    """What one person said of a feature last, with the money of their account as the reader may see it."""

    evidence: Evidence
    account: Account | None
    revenue: Decimal | None

    @property
    def words(self) -> str:
        return self.evidence.quote or self.evidence.feedback.text or self.evidence.feedback.title


def quotes_of(user: User, feature: Feature, limit: int | None = None) -> list[Quote]:
    """A quote for each person who asked, in sight: their last one. The most important and the largest accounts first."""
    rows = Evidence.objects.visible_to(user).filter(Q(feature=feature) | Q(feature__merged_into=feature)).for_list()
    last: dict[object, Evidence] = {}
    for row in rows.order_by("pk"):
        last[row.feedback.requester_id or ("nobody", row.feedback_id)] = row
    quotes = [Quote(row, row.feedback.account, masked_revenue(user, row.feedback.account)) for row in last.values()]
    quotes.sort(key=lambda q: (-WEIGHT[q.evidence.importance], -(q.revenue or 0), -q.evidence.pk))
    return quotes[:limit]


# --- of an account ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """A feature an account asked for: how important it is to them, how many of their people and messages say so."""

    feature: Feature
    importance: str
    people: int
    quote: Evidence

    @property
    def tell(self) -> str:
        return TELL[Status(self.feature.status)]


@dataclass(frozen=True)
class AccountDemand:
    """All an account asked for, in sight: `wishes` by feature, and the messages that are linked to nothing."""

    wishes: list[Wish]
    loose: list[Feedback]
    more_loose: int

    @property
    def shipped(self) -> int:
        return sum(wish.feature.status == Status.SHIPPED for wish in self.wishes)


def demand_of_account(user: User, account: Account, loose: int = 5) -> AccountDemand:
    """What the people of an account asked for, as far as this person may read it."""
    rows = Evidence.objects.visible_to(user).filter(feedback__requester__account=account)
    rows = rows.select_related("feature__stage", "feature__product", "feature__merged_into__stage", "feedback__requester").order_by("pk")
    by_feature: dict[int, list[Evidence]] = {}
    for row in rows:
        by_feature.setdefault(row.feature.merged_into_id or row.feature_id, []).append(row)
    wishes = []
    for quotes in by_feature.values():
        feature = quotes[-1].feature.merged_into or quotes[-1].feature
        if feature.product_id in user.rights.visible:
            people = len({quote.feedback.requester_id for quote in quotes})
            latest = {quote.feedback.requester_id: quote.importance for quote in quotes}
            top = max(latest.values(), key=lambda importance: WEIGHT[importance])
            wishes.append(Wish(feature, top, people, quotes[-1]))
    wishes.sort(key=lambda wish: (-WEIGHT[wish.importance], -wish.people, wish.feature.key))
    links = Evidence.objects.filter(feedback=OuterRef("pk"), deleted_at=None)
    unlinked = Feedback.objects.visible_to(user).canonical().filter(~Exists(links), requester__account=account)
    rest = list(unlinked.select_related("requester").order_by("-received_at", "-pk")[: loose + 1])
    more = count_up_to(unlinked) - loose if len(rest) > loose else 0
    return AccountDemand(wishes, rest[:loose], more)


# --- what became of a message ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of a message, for who sent it: a word, a sentence, and the features it speaks for."""

    feedback: Feedback
    label: str
    sentence: str
    evidence: list[Evidence]
    sees_product: bool

    @property
    def tone(self) -> str:
        return {"Declined": "bad", "Linked": "ok", "Closed": "ok"}.get(self.label, "")


def outcomes_of(user: User, rows: Iterable[Feedback]) -> list[Outcome]:
    """What became of each of these messages, in two statements."""
    rows = list(rows)
    canonical = {row.merged_into_id or row.pk for row in rows}
    linked: dict[int, list[Evidence]] = {}
    for evidence in Evidence.objects.visible_to(user).filter(feedback__in=canonical | {row.pk for row in rows}).for_list():
        linked.setdefault(evidence.feedback_id, []).append(evidence)
    return [_outcome(user, row, linked.get(row.pk, []) or linked.get(row.merged_into_id or 0, [])) for row in rows]


def _outcome(user: User, row: Feedback, evidence: list[Evidence]) -> Outcome:
    sees_product = row.product_id is None or row.product_id in user.rights.visible
    who = row.assignee.name if row.assignee else ""
    if row.state == Feedback.State.DECLINED:
        reason = row.declined_because if user.rights.sees("internal") else ""
        sentence = reason or f"This will not be done.{f' {who} can tell you why.' if who else ''}"
    elif evidence:
        sentence = "It counts for what stands below."
    elif row.state == Feedback.State.CLOSED:
        sentence = "It was dealt with; nothing more is to be done."
    elif row.state == Feedback.State.SNOOZED:
        sentence = "It was read, and will be looked at again later."
    elif row.state == Feedback.State.LINKED:
        sentence = "It was read and counts for something that is being looked into."
    else:
        sentence = f"{who} is looking at it." if who else "It waits to be read by who builds the product."
    return Outcome(row, row.get_state_display(), sentence, evidence, sees_product)


def wanted_by(user: User, which: str = "") -> FeedbackQuerySet:
    """What the person submitted (`me`), what their accounts ask for (`accounts`), or both."""
    sent, asked = Q(submitter=user), Q(requester__account__owner=user)
    return Feedback.objects.visible_to(user).filter({"me": sent, "accounts": asked}.get(which, sent | asked))


def importance_counts(user: User, feature: Feature) -> dict[str, int]:
    """How many links of each importance there are, in sight."""
    rows = Evidence.objects.visible_to(user).filter(Q(feature=feature) | Q(feature__merged_into=feature)).order_by()
    return dict(rows.values_list("importance").annotate(n=Count("pk")))
