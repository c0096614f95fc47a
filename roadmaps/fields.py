"""What features are filtered by: the names people write in filters, and the API reads."""

from collections.abc import Callable, Sequence

from django.db.models import Exists, Model, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.filtering import Age, Choice, Day, Field, Flag, Moment, Number, Reader, Rows, Text
from core.models import Follower, Product, User
from portfolio.models import Account, Objective, ProductLine, ProductLineMembership, Segment, Team
from roadmaps.health import HEALTH, blocking, health
from roadmaps.models import Feature, FeatureObjective, FeatureSegment, Initiative, Release, Stage
from roadmaps.models.plan import Status


def _linked(link: type[Model], path: str) -> Callable[[Sequence[int] | None], Q]:
    """Features that a link of this model ties to any of the rows; with none of them, to nothing at all."""

    def through(ids: Sequence[int] | None) -> Q:
        links = link._base_manager.filter(feature=OuterRef("pk"), deleted_at=None)
        return ~Q(Exists(links)) if ids is None else Q(Exists(links.filter(**{f"{path}__in": ids})))

    return through


def _in_line(ids: Sequence[int] | None) -> Q:
    """Features of products in any of these lines, whichever way; with none of them, of products in no line."""
    rows = ProductLineMembership._base_manager.filter(deleted_at=None)
    if ids is None:
        return ~Q(product_id__in=Subquery(rows.values("product")))
    return Q(product_id__in=Subquery(rows.filter(Q(line_id__in=ids) | Q(line__parent_id__in=ids)).values("product")))


def _followed(reader: Reader) -> Q:
    """Features the person follows by choice."""
    follows = Follower.objects.visible_to(reader.user).filter(subject_type=Feature._meta.label_lower, is_following=True)
    return Q(pk__in=Subquery(follows.values("subject_id")))


SERVES, IS_FOR = _linked(FeatureObjective, "objective"), _linked(FeatureSegment, "segment")
EFFORT = Coalesce("effort_likely", "effort_high", "effort_low")
FIELDS = {
    field.name: field
    for field in (
        Field("title", "Title", Text()),
        Field("key", "Key", Text(begins=True)),
        Field("description", "Description", Text()),
        Field("product", "Product", Rows(Product, "product", key="key")),
        Field("line", "Product line", Rows(ProductLine, "product line", nothing="no line", through=_in_line)),
        Field("initiative", "Initiative", Rows(Initiative, "initiative", nothing="no initiative")),
        Field("objective", "Objective", Rows(Objective, "objective", "title", nothing="no objective", through=SERVES)),
        Field("segment", "Segment", Rows(Segment, "segment", nothing="no segment", through=IS_FOR)),
        Field("stage", "Stage", Rows(Stage, "stage", key="slug")),
        Field("status", "Status", Choice(tuple(Status.choices))),
        Field("owner", "Owner", Rows(User, "person", nothing="nobody")),
        Field("team", "Team", Rows(Team, "team", nothing="no team")),
        Field("kind", "Kind", Choice(tuple(Feature.Kind.choices))),
        Field("deal", "Deal with", Rows(Account, "account", nothing="no account"), "deal_account", sees="identity"),
        Field("release", "Release", Rows(Release, "release", "version_name", nothing="no release")),
        Field("start", "Start", Day(), "start_date"),
        Field("target", "Target", Day(), "target_date"),
        Field("sure", "Date is sure", Choice(tuple(Feature.Confidence.choices), nothing=""), "date_confidence"),
        Field("dates", "Dates", Choice(tuple(HEALTH.items()), nothing=""), "health", reads=lambda reader: health(reader.today)),
        Field("blocked", "Blocked", Flag(lambda reader: Q(Exists(blocking())))),
        Field("effort", "Effort", Number(), "effort", reads=lambda reader: EFFORT),
        Field("score", "Score", Number()),
        Field("completeness", "Score is known to", Number(is_share=True), "score_completeness"),
        Field("people", "People asking", Number(is_whole=True), "demand_people"),
        Field("accounts", "Accounts asking", Number(is_whole=True), "demand_accounts"),
        Field("revenue", "Revenue behind", Number(), "demand_revenue", sees="revenue"),
        Field("moved", "Placed by hand", Flag(lambda reader: Q(pk__in=Subquery(Feature.objects.moved().values("pk"))))),
        Field("in_stage", "Days in stage", Age(), "stage_since"),
        Field("entered", "Stage entered", Moment(), "stage_since"),
        Field("created", "Created", Moment(), "created_at"),
        Field("changed", "Changed", Moment(), "updated_at"),
        Field("followed", "Followed by me", Flag(_followed)),
    )
}


def has_words(words: str) -> Q:
    """Features with these words in the title, or a key that begins so."""
    return Q(title__icontains=words) | Q(key__istartswith=words)
