"""What colleagues say to each other about things, and how they hear of it."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import clock
from core.models.base import ScopedQuerySet, Versioned
from core.models.people import Product, User


class CommentQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """Comments are internal: of visible products and of the organisation, for who sees what is internal."""
        if not user.rights.sees("internal"):
            return self.none().scoped()
        return self.alive().filter(Q(product=None) | Q(product_id__in=user.rights.visible)).scoped()

    def about(self, row) -> Self:
        """The comments on one row, oldest first."""
        return self.filter(subject_type=row._meta.label_lower, subject_id=row.pk).order_by("id")


class Comment(Versioned):
    """A remark on any subject; answers hang on the remark that began the thread. `product` follows the subject's."""

    unrecorded = Versioned.unrecorded | {"product"}

    subject_type = models.CharField(max_length=64, editable=False)
    subject_id = models.BigIntegerField(editable=False)
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    thread = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    text = models.TextField(max_length=10_000)
    resolved_at = models.DateTimeField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"], name="comment_of_row")]  # the panel on a subject's page

    def __str__(self) -> str:
        return self.text[:80]


class FollowerQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """What the person follows."""
        return self.filter(user=user).scoped()


class Follower(models.Model):
    """A person who hears of a row's changes and comments, or (`is_following` false) no longer wants to, whatever makes others follow."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    is_following = models.BooleanField(default=True)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id", "user"], name="follows_once")]


class NotificationQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """One's own, as far as their product is still in sight; news of comments only while one sees what is internal."""
        rows = self.filter(Q(product=None) | Q(product_id__in=user.rights.visible), user=user, comment__deleted_at=None)
        if not user.rights.sees("internal"):
            rows = rows.filter(comment=None)
        return rows.scoped()

    def shown(self) -> Self:
        """Those the person wants under the bell: others are only mailed."""
        return self.filter(is_shown=True)

    def unread(self) -> Self:
        return self.shown().filter(read_at=None)

    def about(self, row) -> Self:
        """Those of one row."""
        return self.filter(subject_type=row._meta.label_lower, subject_id=row.pk)


class Way(models.TextChoices):
    """How news reach a person by mail."""

    NOW = "now", "Mail at once"
    DIGEST = "digest", "In the daily mail"
    NONE = "", "No mail"


class NewsChoiceQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """One's own."""
        return self.filter(user=user).scoped()


class NewsChoice(models.Model):
    """By which ways a person wants to hear of one kind of news; where they said nothing the kind's own ways hold."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    in_app = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=Way, blank=True, default=Way.NONE)

    objects = NewsChoiceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="chosen_once")]


class Notification(models.Model):
    """News for one person: one row per event that concerns them. Unread news of changes of one row become one line until they are mailed.

    `since` is the first event it tells of, `event` the last. What is to be mailed is due at `mail_due_at`; from then on `mailed` names
    the mail, by the id of its first line.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)  # a registered kind of news
    since = models.BigIntegerField(default=0)
    event = models.BigIntegerField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)
    is_shown = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=Way, blank=True, default=Way.NONE)
    mail_due_at = models.DateTimeField(null=True)
    mailed = models.BigIntegerField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "event", "subject_type", "subject_id"], name="told_once")]
        indexes = [
            models.Index(fields=["user", "-at"], name="notification_of_user"),  # the page
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),  # the bell, on every page
            models.Index(fields=["mail_due_at"], name="notification_due", condition=Q(mail_due_at__isnull=False)),  # the worker's question
            models.Index(fields=["mailed"], name="notification_mailed", condition=Q(mailed__isnull=False)),  # what a letter tells
        ]
