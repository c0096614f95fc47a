"""Themes, the process, releases, and what waits for what."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models import OrganisationScoped, Product, ProductScoped, ScopedQuerySet, User, Versioned
from portfolio.models import Objective


class Status(models.TextChoices):
    """Where a feature stands for everybody outside the process; a stage carries one."""

    OPEN = "open", "Open"
    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    SHIPPED = "shipped", "Shipped"
    DECLINED = "declined", "Declined"
    RETIRED = "retired", "Retired"


COMMITTED = (Status.PLANNED, Status.IN_PROGRESS)  # what has been promised


class Stage(Versioned):
    """A step of the process, set by product operations. `slug` picks glyph and colour."""

    slug = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    # Different in each living stage: the services hold all of them while they arrange one, and an act that leaves two alike is refused.
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    wip_limit = models.PositiveSmallIntegerField(null=True, blank=True)  # of the features in it on one board; a mark, no lock

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Horizon(models.TextChoices):
    NOW = "now", "Now"
    NEXT = "next", "Next"
    LATER = "later", "Later"


class Initiative(Versioned):
    """A theme: the outcome a set of features is for."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160)
    outcome = models.TextField(blank=True)
    outside_name = models.CharField(
        "name for outside", max_length=160, blank=True, help_text="What audiences read who are not shown our own names."
    )
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    horizon = models.CharField(max_length=5, choices=Horizon, default=Horizon.NEXT)

    objects = ProductScoped.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class InitiativeObjective(Versioned):
    """How strongly an initiative serves an objective, 1 to 3."""

    rights_through = "initiative"

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="+", related_query_name="objective_link")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="+", related_query_name="initiative_link")
    strength = models.PositiveSmallIntegerField(default=2)

    class QuerySet(ProductScoped):
        product_path = "initiative__product"

    objects = QuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "objective"], condition=Q(deleted_at=None), name="initiative_serves_once"),
            models.CheckConstraint(condition=Q(strength__range=(1, 3)), name="initiative_strength_1_to_3"),
        ]


class DependencyQuerySet(ScopedQuerySet):
    def agreements(self) -> Self:
        """Those that two products agree on, between features that are there."""
        return self.exclude(agreement="").filter(predecessor__deleted_at=None, successor__deleted_at=None)

    def of_product(self, product: Product) -> Self:
        """Those that this product gives or waits for."""
        return self.filter(Q(predecessor__product=product) | Q(successor__product=product))

    def scheduled(self) -> Self:
        """Those by which one waits for the other."""
        return self.filter(kind__in=Dependency.SCHEDULED)

    def visible_to(self, user) -> Self:
        """Dependencies of which both ends are visible; a hidden end hides the line."""
        ids = user.rights.visible
        return self.alive().filter(predecessor__product_id__in=ids, successor__product_id__in=ids).scoped()


class Dependency(Versioned):
    """`successor` waits for `predecessor`; across products it is also an agreement between both owners.

    Two kinds only say something and are never scheduled: the successor relates to the predecessor, or replaces it.
    """

    rights_through = "successor"

    class Kind(models.TextChoices):
        FINISH_START = "FS", "Finish to start"
        START_START = "SS", "Start to start"
        FINISH_FINISH = "FF", "Finish to finish"
        RELATES = "relates", "Relates to"
        REPLACES = "replaces", "Replaces"

    SCHEDULED = (Kind.FINISH_START, Kind.START_START, Kind.FINISH_FINISH)

    class Agreement(models.TextChoices):
        NONE = "", "None needed"
        REQUESTED = "requested", "Requested"
        ACCEPTED = "accepted", "Accepted"
        COMMITTED = "committed", "Committed"
        MET = "met", "Met"
        REFUSED = "refused", "Refused"

    OPEN = (Agreement.REQUESTED, Agreement.ACCEPTED, Agreement.COMMITTED)

    predecessor = models.ForeignKey("roadmaps.Feature", on_delete=models.CASCADE, related_name="+", related_query_name="as_predecessor")
    successor = models.ForeignKey("roadmaps.Feature", on_delete=models.CASCADE, related_name="+", related_query_name="as_successor")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.FINISH_START)
    agreement = models.CharField(max_length=10, choices=Agreement, default=Agreement.NONE, blank=True)
    needed_by = models.DateField(null=True, blank=True)
    promised_for = models.DateField(null=True, blank=True)  # what the side that gives answered to `needed_by`
    refused_why = models.TextField(blank=True, max_length=500)

    objects = DependencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], condition=Q(deleted_at=None, kind__in=["FS", "SS", "FF"]), name="dependency_once",
                violation_error_message="These two features depend on each other already.",
            ),
            models.UniqueConstraint(
                fields=["predecessor", "successor", "kind"], condition=Q(deleted_at=None), name="dependency_of_kind_once",
                violation_error_message="This is said of these two features already.",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=models.F("successor")), name="dependency_not_on_itself",
                violation_error_message="A feature cannot wait for itself.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.successor.key} {self.verb} {self.predecessor.key}"

    @property
    def verb(self) -> str:
        """What the successor does: waits for, relates to or replaces the predecessor."""
        return "waits for" if self.kind in self.SCHEDULED else self.get_kind_display().lower()


class RoadmapQuerySet(ScopedQuerySet):
    def scheduled(self) -> Self:
        """Those whose moments are named by schedule."""
        return self.exclude(snapshot_every="")

    def visible_to(self, user) -> Self:
        """One's own roadmaps and shared ones."""
        mine = Q(owner=user)
        if user.rights.is_member:
            mine |= Q(is_shared=True)
        return self.alive().filter(mine).filter(Q(product=None) | Q(product_id__in=user.rights.visible)).scoped()


class Roadmap(Versioned):
    """A kept way to look at the plan: scope, filter, layout, grouping; with sources, what chosen roadmaps show, each by its own filter."""

    class Layout(models.TextChoices):
        TIMELINE = "timeline", "Timeline"
        BOARD = "board", "Board"
        HORIZONS = "horizons", "Now, next, later"
        LIST = "list", "List"

    class Cadence(models.TextChoices):
        NEVER = "", "By hand only"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        QUARTERLY = "quarterly", "Every quarter"

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=10, choices=Layout, default=Layout.TIMELINE)
    query = models.CharField(max_length=2000, blank=True)  # filter and grouping as in the page's URL
    is_shared = models.BooleanField(default=False)
    is_theme_only = models.BooleanField(default=False)  # initiatives and their outcomes, no features
    snapshot_every = models.CharField(max_length=9, choices=Cadence, default=Cadence.NEVER, blank=True)

    objects = RoadmapQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class RoadmapSourceQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Sources of roadmaps in sight that are in sight themselves."""
        ids = Roadmap.objects.visible_to(user).order_by().values("pk")
        return self.alive().filter(roadmap__in=ids, source__in=ids).scoped()


class RoadmapSource(Versioned):
    """The roadmap shows what the source shows; the source stays its owner's."""

    rights_through = "roadmap"

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="+", related_query_name="source_link")
    source = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="+")

    objects = RoadmapSourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "source"], condition=Q(deleted_at=None), name="roadmap_source_once"),
            models.CheckConstraint(
                condition=~Q(roadmap=models.F("source")), name="roadmap_not_its_own_source",
                violation_error_message="A roadmap cannot be made of itself.",
            ),
        ]  # fmt: skip
