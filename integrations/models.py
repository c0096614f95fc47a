"""Moving in: saved mappings, runs, and what became of each row."""

from typing import Self

from django.db import models
from django.db.models import Q

from core.models import Job, Product, Role, ScopedQuerySet, User, Versioned
from integrations.webhooks.models import WebhookEndpoint

__all__ = ["ImportMapping", "ImportReference", "ImportRow", "ImportRun", "Kind", "WebhookEndpoint"]


class Kind(models.TextChoices):
    """What a file can hold."""

    FEATURES = "features", "Features"
    RELEASES = "releases", "Releases"
    ACCOUNTS = "accounts", "Accounts"
    FEEDBACK = "feedback", "Feedback"


class OfImporters(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """One's own; all of visible products and of the organisation for product operations and administrators."""
        mine = Q(owner=user)
        if user.rights.is_any(Role.ADMIN, Role.OPS):
            mine |= Q(product=None) | Q(product_id__in=user.rights.visible)
        return self.alive().filter(mine).filter(Q(product=None) | Q(product_id__in=user.rights.visible)).scoped()


class ImportMapping(Versioned):
    """How the columns of one kind of file are read; kept under a name, so that next month's file needs no work.

    `plan` is JSON: {"source", "encoding", "delimiter", "header", "date_order", "defaults": {field: text},
    "columns": {"0": {"field", "append", "values": {text: text}, "unknown", "step"}}}; columns are named by position, counted from 0.
    """

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    plan = models.JSONField(default=dict)

    objects = OfImporters.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "name"],
                condition=Q(deleted_at=None),
                name="mapping_name_once",
                violation_error_message="You have a mapping of that name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportRun(Versioned):
    """One file on its way in. `counts` holds how many rows were or would be made, changed, left the same, refused."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being mapped"
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being taken back"
        UNDONE = "undone", "Taken back"
        FAILED = "failed", "Stopped"

    WAITING = (State.DRAFT, State.CHECKED)
    UNDER_WAY = (State.CHECKING, State.RUNNING, State.UNDOING)
    # How far it is: written by the run itself, not by an act of a person.
    unrecorded = Versioned.unrecorded | {"state", "counts", "message", "job"}

    kind = models.CharField(max_length=10, choices=Kind)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of the file; its content lies under media, named so
    plan = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    counts = models.JSONField(default=dict)
    message = models.CharField(max_length=500, blank=True)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")  # what checks or runs it

    objects = OfImporters.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.created_at:%d %b %Y}"

    @property
    def is_under_way(self) -> bool:
        """Whether a job checks it, runs it or takes it back, or is about to."""
        return self.state in self.UNDER_WAY and self.job is not None and self.job.is_open

    @property
    def can_be_undone(self) -> bool:
        """Whether it brought rows in, to its end or not; one whose process died without a word included."""
        has_died = self.state in (self.State.RUNNING, self.State.UNDOING) and not self.is_under_way
        return self.state in (self.State.DONE, self.State.FAILED) or has_died


class OfRun(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Rows of the runs this person sees."""
        return self.filter(run__in=ImportRun.objects.visible_to(user)).scoped()


class ImportReference(models.Model):
    """What became, or would become, of what one row says of its relation to another: `text` as it stands in the file."""

    class Outcome(models.TextChoices):
        MADE = "made", "Joined"
        SAME = "same", "Joined already"
        REFUSED = "refused", "Not joined"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", related_query_name="reference")
    number = models.PositiveIntegerField()  # of the row, as a spreadsheet shows it
    field = models.CharField(max_length=20)
    text = models.CharField(max_length=500)
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=300, blank=True)
    leads_to = models.CharField(max_length=200, blank=True)  # the label of the row it means

    objects = OfRun.as_manager()

    class Meta:
        ordering = ["id"]
        # the result, in order, whole and narrowed to an outcome
        indexes = [
            models.Index(fields=["run", "id"], name="reference_of_run"),
            models.Index(fields=["run", "outcome", "id"], name="reference_by_outcome"),
        ]

    @property
    def word(self) -> str:
        """What the row says of the other one."""
        return self.field.replace("_", " ").capitalize()


class ImportRow(models.Model):
    """What became, or would become, of one row of the file."""

    class Outcome(models.TextChoices):
        MADE = "made", "Made"
        CHANGED = "changed", "Changed"
        SAME = "same", "Left the same"
        REFUSED = "refused", "Refused"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", related_query_name="row")
    number = models.PositiveIntegerField()  # as a spreadsheet shows it
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=300, blank=True)
    label = models.CharField(max_length=200, blank=True)

    objects = OfRun.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="row_once_in_run")]  # read by the result, in order
        indexes = [models.Index(fields=["run", "outcome", "number"], name="row_of_run")]  # the result narrowed to an outcome
