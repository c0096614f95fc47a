"""What we own, for whom, and who builds it."""

from django.db import models
from django.db.models import Q

from core.models import OrganisationScoped, Product, ProductScoped, User, Versioned


class InvestmentKind(models.TextChoices):
    """What effort is spent for."""

    GROWTH = "growth", "Growth"
    RETENTION = "retention", "Retention"
    PLATFORM = "platform", "Platform"
    DEAL = "deal", "Deal-driven"
    COMPLIANCE = "compliance", "Compliance"


class ProductLine(Versioned):
    """A set of products with a leader. May lie inside one other line (solution → products)."""

    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    leader = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class ProductLineMembership(Versioned):
    """A product's place in a line; a product may be in several and has one home."""

    line = models.ForeignKey(ProductLine, on_delete=models.CASCADE, related_name="+", related_query_name="membership")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", related_query_name="line_membership")
    is_home = models.BooleanField(default=False)

    objects = ProductScoped.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "product"], condition=Q(deleted_at=None), name="product_once_in_line",
                violation_error_message="This product is in the line already.",
            ),
            models.UniqueConstraint(
                fields=["product"], condition=Q(is_home=True, deleted_at=None), name="one_home_line",
                violation_error_message="This product has its home in another line.",
            ),
        ]  # fmt: skip


class Strategy(Versioned):
    """What a product is for and where it stands in its life."""

    class Lifecycle(models.TextChoices):
        DEVELOPMENT = "development", "Development"
        INTRODUCTION = "introduction", "Introduction"
        GROWTH = "growth", "Growth"
        MATURITY = "maturity", "Maturity"
        DECLINE = "decline", "Decline"
        RETIRED = "retired", "Retired"

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    vision = models.TextField(blank=True)
    value_proposition = models.TextField(blank=True)
    differentiation = models.TextField(blank=True)
    lifecycle = models.CharField(max_length=12, choices=Lifecycle, default=Lifecycle.DEVELOPMENT)

    objects = ProductScoped.as_manager()


class Segment(Versioned):
    """A market, with the person who speaks for it."""

    name = models.CharField(max_length=80)
    description = models.TextField("what it asks for", blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(deleted_at=None), name="segment_name_once",
                violation_error_message="There is a segment of that name already.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Persona(Versioned):
    """A kind of person a product serves."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)

    objects = ProductScoped.as_manager()


class AccountQuerySet(OrganisationScoped):
    """Companies: every member knows them; their money is masked by class `revenue` (core.masking)."""


class Account(Versioned):
    """A company that uses, might use or used the products."""

    class State(models.TextChoices):
        PROSPECT = "prospect", "Prospect"
        CUSTOMER = "customer", "Customer"
        CHURNED = "churned", "Churned"
        LOST = "lost", "Lost"

    name = models.CharField(max_length=200)
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    plan = models.CharField(max_length=60, blank=True)
    annual_revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.CUSTOMER)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    renewal_date = models.DateField(null=True, blank=True)
    # The id under which another system (CRM, help desk) knows the company; unique, so that an import finds it again.
    outside_id = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - blank ones must not clash

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="account_by_name"),  # the list, and finding while typing
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outside_id"], condition=Q(deleted_at=None), name="account_outside_id_once",
                violation_error_message="Another account has this outside id.",
            ),
            models.CheckConstraint(
                condition=Q(annual_revenue__gte=0) | Q(annual_revenue=None), name="revenue_not_negative",
                violation_error_message="Revenue cannot be less than zero.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Team(Versioned):
    """Who builds; capacity is kept per quarter."""

    name = models.CharField(max_length=80)
    lead = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Share of capacity kept for what nobody planned, 0..1.
    unplanned_share = models.DecimalField(max_digits=4, decimal_places=3, default=0)

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(deleted_at=None), name="team_name_once",
                violation_error_message="There is a team of that name already.",
            ),
            models.CheckConstraint(
                condition=Q(unplanned_share__gte=0, unplanned_share__lte=1), name="unplanned_share_is_a_share",
                violation_error_message="The share kept for the unplanned lies between 0 and 1.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class TeamCapacity(Versioned):
    """Person-weeks a team has in the quarter that begins on `quarter`."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", related_query_name="capacity")
    quarter = models.DateField()
    person_weeks = models.DecimalField(max_digits=7, decimal_places=2)

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["quarter"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "quarter"], condition=Q(deleted_at=None), name="one_capacity_per_quarter",
                violation_error_message="This team has a capacity for that quarter already.",
            ),
            models.CheckConstraint(
                condition=Q(person_weeks__gte=0), name="capacity_not_negative", violation_error_message="Capacity cannot be less than zero."
            ),
        ]  # fmt: skip
