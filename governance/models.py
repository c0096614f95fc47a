"""How we decide: checks on entering a stage and why they were passed over; decisions."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from core.models import OrganisationScoped, Product, ProductScoped, ScopedQuerySet, User, Versioned
from documents.models import Template
from portfolio.models.objectives import ProductOrOrganisation
from roadmaps.models import Feature, Initiative, Stage


class OfStage(OrganisationScoped):
    def visible_to(self, user) -> Self:
        """Of the stages there are; those of a removed one come back with it."""
        return super().visible_to(user).filter(stage__deleted_at=None)


class Check(Versioned):
    """A condition on entering a stage: advisory unless it blocks; set by product operations."""

    class Kind(models.TextChoices):
        FIELD = "field", "A field is filled"
        EFFORT = "effort", "Effort is estimated"
        RATINGS = "ratings", "Every criterion is rated"
        DOCUMENT = "document", "A document is complete"
        EVIDENCE = "evidence", "Enough people asked for it"

    class Field(models.TextChoices):
        """The fields of a feature a check may ask for."""

        NONE = "", "None"
        DESCRIPTION = "description", "Description"
        OWNER = "owner", "Owner"
        TEAM = "team", "Team"
        INITIATIVE = "initiative", "Initiative"
        RELEASE = "release", "Release"
        START_DATE = "start_date", "Start date"
        TARGET_DATE = "target_date", "Target date"

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    field = models.CharField(max_length=20, choices=Field, default=Field.NONE, blank=True)
    template = models.ForeignKey(Template, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    least = models.PositiveSmallIntegerField("at least", null=True, blank=True)
    is_blocking = models.BooleanField("blocking", default=False)

    objects = OfStage.as_manager()

    class Meta:
        ordering = ["stage__position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="field") | ~Q(field=""), name="check_names_field",
                violation_error_message="Choose the field that must be filled.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="document") | Q(template__isnull=False), name="check_names_template",
                violation_error_message="Choose the template whose document must be complete.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="evidence") | Q(least__gte=1), name="check_names_number",
                violation_error_message="Say how many people must have asked at least, from 1.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        if self.kind == self.Kind.FIELD:
            return f"{self.get_field_display()} is filled"
        if self.kind == self.Kind.DOCUMENT:
            return f"{self.template.name}: every required section is written"
        if self.kind == self.Kind.EVIDENCE:
            return f"At least {self.least} {'person' if self.least == 1 else 'people'} asked for it"
        return self.get_kind_display()


class OfFeature(ProductScoped):
    product_path = "feature__product"


class Waiver(Versioned):
    """Why a feature entered a stage though a check was not met, said by who moved it."""

    rights_through = "feature"

    field_classes: ClassVar[dict[str, str]] = {"reason": "internal"}

    check_passed = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+")
    sentence = models.CharField(max_length=300)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = OfFeature.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]


class Decision(Versioned):
    """A question, what was chosen among which options, why, by whom; and the day to look whether it came as expected."""

    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=300)
    options = models.JSONField(default=list, blank=True)  # the choices in words
    outcome = models.CharField("what was decided", max_length=300)
    why = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField()
    expected = models.TextField("what we expect of it", blank=True)
    look_again_on = models.DateField("look again on", null=True, blank=True)

    objects = ProductOrOrganisation.as_manager()

    class Meta:
        ordering = ["-decided_on", "-id"]
        indexes = [
            models.Index(fields=["decided_on", "id"], name="decision_by_day", condition=Q(deleted_at=None)),  # the log
            models.Index(fields=["decided_by", "look_again_on"], name="decision_to_look_at", condition=Q(deleted_at=None)),  # Home
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(look_again_on=None) | Q(look_again_on__gte=models.F("decided_on")), name="looked_at_after_decided",
                violation_error_message="The day to look again lies before the decision.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.question


class DecisionLinkQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Links between what this person sees on both ends."""
        ids = user.rights.visible
        ends = Q(feature__product_id__in=ids, feature__deleted_at=None) | Q(initiative__product_id__in=ids, initiative__deleted_at=None)
        return self.alive().filter(ends, decision__in=Decision.objects.visible_to(user)).scoped()


class DecisionLink(Versioned):
    """What a decision is about: a feature or an initiative."""

    rights_through = "decision"

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="+", related_query_name="link")
    feature = models.ForeignKey(
        Feature, null=True, blank=True, on_delete=models.CASCADE, related_name="+", related_query_name="decision_link"
    )
    initiative = models.ForeignKey(Initiative, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    objects = DecisionLinkQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(feature__isnull=False, initiative=None) | Q(feature=None, initiative__isnull=False), name="decision_about_one"
            ),
            models.UniqueConstraint(fields=["decision", "feature"], condition=Q(deleted_at=None), name="decision_feature_once"),
            models.UniqueConstraint(fields=["decision", "initiative"], condition=Q(deleted_at=None), name="decision_initiative_once"),
        ]

    @property
    def about(self) -> Feature | Initiative:
        """The row it points at."""
        return self.feature or self.initiative
