"""What we write down: templates, documents, every content they had, and drafts."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from core.models import OrganisationScoped, ProductScoped, User, Versioned
from core.models.revisions import Revision
from documents.sections import Section, unfilled, write_text
from roadmaps.models import Feature


class Template(Versioned):
    """What a kind of document consists of: `sections` is [{"heading", "guidance", "is_required"}]; product operations writes it."""

    unrecorded = Versioned.unrecorded | {"sections"}  # its revisions keep them

    name = models.CharField(max_length=80)
    purpose = models.TextField(blank=True)
    sections = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(deleted_at=None), name="template_name_once",
                violation_error_message="There is a template of this name already. Choose another name.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def required(self) -> list[str]:
        """The headings that must be filled."""
        return [section["heading"] for section in self.sections if section["is_required"]]


class TemplateRevision(Revision):
    """What a template was: {"name", "purpose", "sections"}."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="+")

    class QuerySet(OrganisationScoped):
        def alive(self) -> Self:
            return self

    objects = QuerySet.as_manager()

    class Meta(Revision.Meta):
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_revision_once")]


class OfFeature(ProductScoped):
    product_path = "feature__product"

    def visible_to(self, user) -> Self:
        """Of the products this person sees; of a feature that was deleted nothing is left to see."""
        return super().visible_to(user).filter(feature__deleted_at=None)


class Document(Versioned):
    """A document of a template about a feature. `sections` is [{"heading", "text"}], Markdown, as of `revision`."""

    rights_through = "feature"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"

    unrecorded = Versioned.unrecorded | {"sections"}  # its revisions keep them

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")
    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="+", related_query_name="document")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    sections = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = OfFeature.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        indexes = [models.Index(fields=["updated_at", "id"], name="document_by_change", condition=Q(deleted_at=None))]  # the list
        constraints = [
            models.UniqueConstraint(
                fields=["feature", "template"], condition=Q(deleted_at=None), name="document_once_per_feature",
                violation_error_message="This feature has a document of this template already.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.template.name} of {self.feature.key}"

    @property
    def parts(self) -> list[Section]:
        """The sections in order."""
        return sections_in(self.sections)

    @property
    def text(self) -> str:
        """The whole document as Markdown."""
        return write_text(self.parts)

    @property
    def missing(self) -> list[str]:
        """The headings its template asks for under which nothing is written yet."""
        return unfilled(self.template.required, self.parts)

    @property
    def filled_count(self) -> int:
        """How many of the required sections are written."""
        return len(self.template.required) - len(self.missing)


def sections_in(content: list[dict]) -> list[Section]:
    """Sections as the database keeps them, as sections."""
    return [Section(entry["heading"], entry["text"]) for entry in content]


class OfDocument(ProductScoped):
    product_path = "document__feature__product"

    def alive(self) -> Self:
        """Rows that are never marked deleted, of documents that are not."""
        return self.filter(document__deleted_at=None, document__feature__deleted_at=None)


class DocumentRevision(Revision):
    """What a document was: its sections."""

    rights_through = "document__feature"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")

    objects = OfDocument.as_manager()

    class Meta(Revision.Meta):
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_revision_once")]

    @property
    def parts(self) -> list[Section]:
        """The sections in order."""
        return sections_in(self.content)


class DraftQuerySet(OfDocument):
    def visible_to(self, user) -> Self:
        """One's own drafts, of documents one sees."""
        return super().visible_to(user).filter(author=user)


class Draft(models.Model):
    """What one person is writing in a document and has not saved; begun from the revision `based_on`. No event tells of it."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    based_on = models.PositiveIntegerField()
    updated_at = models.DateTimeField(default=clock.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "author"], name="one_draft_per_person")]
