"""What people ask for: who asks, what they wrote, and which parts of it speak for which feature."""

from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from core import clock
from core.models import OrganisationScoped, Product, Role, ScopedQuerySet, User, Versioned
from portfolio.models import Account
from roadmaps.models import Feature, ShareLink


class Requester(Versioned):
    """A person who asks, at an account or not. Without a name: whoever it was at the account, one such row per account."""

    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    job = models.CharField("job title", max_length=120, blank=True)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+", related_query_name="requester")
    # The id under which another system knows the person; unique, so that an import finds them again.
    outside_id = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - blank ones must not clash

    objects = OrganisationScoped.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email="") & Q(deleted_at=None), name="requester_email_once",
                violation_error_message="There is a requester with this e-mail address already.",
            ),
            models.UniqueConstraint(
                fields=["outside_id"], condition=Q(deleted_at=None), name="requester_outside_id_once",
                violation_error_message="There is a requester with this outside id already.",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(name="", email="", outside_id=None, deleted_at=None), name="unnamed_requester_once",
                violation_error_message="This account has a requester without a name already.",
            ),
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(email="") | Q(account__isnull=False), name="requester_is_somebody",
                violation_error_message="Give a name, an e-mail address or an account, so that one can tell who asks.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        if self.name or self.email:
            return self.name or self.email
        return f"Somebody at {self.account.name}" if self.account else "Somebody"

    @property
    def initials(self) -> str:
        parts = str(self).split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()

    @property
    def tint(self) -> int:
        """Which of the six quiet tints stands behind the initials."""
        return (self.pk or 0) % 6 + 1


class Importance(models.TextChoices):
    """How much it matters to the person who asks."""

    NICE = "nice", "Nice"
    IMPORTANT = "important", "Important"
    CRITICAL = "critical", "Critical"


TRIAGING = (Role.ADMIN, Role.OPS, Role.LEADER, Role.MAKER)  # who reads what nobody has sorted yet


def in_sight(user, path: str = "") -> Q:
    """The condition on feedback (or on what hangs on it, by `path`) that this person may read it.

    Who triages reads what has no product yet or is of a product they see. A contributor reads what their own accounts ask for,
    within the products they see. Everybody reads what they submitted themselves, wherever it was moved since.
    """
    of_product = Q(**{f"{path}product": None}) | Q(**{f"{path}product_id__in": user.rights.visible})
    readable = of_product if user.rights.is_any(*TRIAGING) else of_product & Q(**{f"{path}requester__account__owner": user})
    return readable if user.rights.is_narrowed else readable | Q(**{f"{path}submitter": user})


class FeedbackQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The messages this person may read; none for guests."""
        rows = self.alive().filter(in_sight(user)) if user.rights.is_member else self.none()
        return rows.scoped()

    def for_list(self) -> Self:
        """With everything a line of a list shows."""
        return self.select_related("requester__account", "submitter", "product", "assignee", "link")

    def canonical(self) -> Self:
        """Without messages merged into another one."""
        return self.filter(merged_into=None)

    def waiting(self) -> Self:
        """What nobody has dealt with: new, or snoozed until a moment that has come."""
        return self.canonical().filter(Q(state=Feedback.State.NEW) | Q(state=Feedback.State.SNOOZED, snoozed_until__lte=clock.now()))

    def to_sort_by(self, user) -> Self:
        """What is this person's to deal with: without a product or of one they edit; for leaders and product operations, everything."""
        if user.rights.is_any(Role.OPS, Role.LEADER):
            return self
        return self.filter(Q(product=None) | Q(product_id__in=user.rights.editable))

    def asleep(self) -> Self:
        """What is snoozed and not due yet."""
        return self.canonical().filter(state=Feedback.State.SNOOZED, snoozed_until__gt=clock.now())


class Feedback(Versioned):
    """One message from one person. Its text is what evidence quotes: offsets are in characters of `text`."""

    class Kind(models.TextChoices):
        REQUEST = "request", "Request"
        PROBLEM = "problem", "Problem"
        PRAISE = "praise", "Praise"
        QUESTION = "question", "Question"
        INTERVIEW = "interview", "Interview"
        EXIT_INTERVIEW = "exit_interview", "Exit interview"
        LOST_DEAL = "lost_deal", "Lost deal"

    class State(models.TextChoices):
        NEW = "new", "New"
        LINKED = "linked", "Linked"
        SNOOZED = "snoozed", "Snoozed"
        DECLINED = "declined", "Declined"
        CLOSED = "closed", "Closed"

    LONGEST = 20_000  # characters of a text

    # Where it came in, in lower case (mail, zendesk, form…), and the id it has there; together unique, so that an import finds it again.
    source = models.CharField(max_length=30, default="form")
    source_id = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - blank ones must not clash
    # Where it was written under a share link: the link, and the feature it was said to, which stays a hint until somebody links it.
    link = models.ForeignKey(ShareLink, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Feature, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=clock.now)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, max_length=LONGEST)
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.REQUEST)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tags = models.JSONField(default=list, blank=True)
    requester = models.ForeignKey(
        Requester, null=True, blank=True, on_delete=models.PROTECT, related_name="+", related_query_name="feedback"
    )
    # Who wrote it down on the requester's behalf; None where it came by itself.
    submitter = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What the requester's account was when this arrived.
    account_state = models.CharField(max_length=10, choices=Account.State, blank=True, editable=False)
    account_revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True, editable=False)
    importance = models.CharField(max_length=10, choices=Importance, blank=True)
    deal_size = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    deal_closes_on = models.DateField("expected close", null=True, blank=True)
    competitor = models.CharField("competitor chosen", max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    snoozed_until = models.DateTimeField(null=True, blank=True)
    declined_because = models.CharField("reason", max_length=500, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            # the inbox's tabs and the whole list, newest first
            models.Index(fields=["state", "-received_at", "-id"], name="feedback_of_state", condition=Q(deleted_at=None)),
            models.Index(fields=["-received_at", "-id"], name="feedback_newest", condition=Q(deleted_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=Q(deleted_at=None), name="feedback_source_once",
                violation_error_message="This message is here already, under the same source and id.",
            ),
            models.CheckConstraint(
                condition=Q(deal_size__gte=0) | Q(deal_size=None), name="deal_not_negative",
                violation_error_message="The size of a deal cannot be less than zero.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")), name="feedback_not_merged_into_itself",
                violation_error_message="A message cannot be merged into itself.",
            ),
        ]  # fmt: skip

    ICONS: ClassVar[dict[str, str]] = {
        "mail": "mail", "zendesk": "headset", "intercom": "message-dots", "call": "phone", "salesforce": "cloud", "portal": "world",
        "slack": "brand-slack", "interview": "microphone", "github": "brand-github", "app review": "star", "form": "message-plus",
        "exit talk": "heart-broken", "roadmap": "route", "api": "api", "import": "file-import",
    }  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def icon(self) -> str:
        return self.ICONS.get(self.source, "inbox")

    @property
    def source_name(self) -> str:
        """The source as people write it."""
        return {"github": "GitHub", "api": "API"}.get(self.source, self.source.capitalize())

    @property
    def account(self) -> Account | None:
        """The company that asks, as it is today."""
        return self.requester.account if self.requester else None

    @property
    def is_asleep(self) -> bool:
        return self.state == self.State.SNOOZED and self.snoozed_until is not None and self.snoozed_until > clock.now()


class EvidenceQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Links of messages this person may read to features of products they see."""
        if not user.rights.is_member:
            return self.none().scoped()
        rows = self.alive().filter(feature__product_id__in=user.rights.visible, feedback__deleted_at=None)
        return rows.filter(in_sight(user, "feedback__")).scoped()

    def for_list(self) -> Self:
        """With everything a quote shows of who said it."""
        return self.select_related("feedback__requester__account", "feature__stage")


class Evidence(Versioned):
    """A part of a message that speaks for a feature, and how much it matters to who said it; the history of that is in the changes.

    `start` and `end` mark the quoted part in the message's text; both are blank where the whole message is meant, or where the text
    changed since and the quote is in it no more.
    """

    rights_through = "feature"

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="+", related_query_name="evidence")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="+", related_query_name="evidence")
    importance = models.CharField(max_length=10, choices=Importance, default=Importance.IMPORTANT)
    quote = models.TextField(blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    linked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        indexes = [
            # the step `demand`: from a feature to the messages behind it, in the index alone
            models.Index(fields=["feature", "feedback"], name="evidence_of_feature", condition=Q(deleted_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["feedback", "feature", "start", "end"], condition=Q(deleted_at=None), name="passage_linked_once",
                violation_error_message="This passage is linked to that feature already.",
            ),
            models.UniqueConstraint(
                fields=["feedback", "feature"], condition=Q(quote="", deleted_at=None), name="message_linked_once",
                violation_error_message="This message is linked to that feature already.",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__lt=models.F("end")), name="passage_has_an_extent",
                violation_error_message="A passage ends after it starts.",
            ),
        ]  # fmt: skip
