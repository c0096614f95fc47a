"""What is remembered of requests: first answers of repeatable posts, and how many requests a minute saw."""

from typing import Self

from django.db import connection, models

from core import clock
from core.models.base import ScopedQuerySet
from core.models.people import User


def who_asks(user: User) -> str:
    """The name under which requests of this person, or of this one token of theirs, are counted and remembered."""
    return f"token {user.token.pk}" if user.token else f"user {user.pk}"


class IdempotencyKeyQuerySet(ScopedQuerySet):
    def of(self, who: str) -> Self:
        """The keys this person, or this one token of theirs, has used."""
        return self.filter(who=who).scoped()


class IdempotencyKey(models.Model):
    """The first answer to a post that carried a key, written in the transaction of its effect: one is never there without the other."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    who = models.CharField(max_length=32)  # `user 7`, or `token 12`: two tokens of one person share no answers
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)  # over method, address and body
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now, db_index=True)  # the tidy task removes by age

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "key"], name="one_answer_per_key")]


class RateWindow(models.Model):
    """How many requests of one kind somebody reserved in one window, counted over all processes."""

    who = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    starts = models.BigIntegerField(db_index=True)  # seconds since 1970; the tidy task removes by age
    count = models.PositiveIntegerField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "kind", "starts"], name="one_count_per_window")]

    @classmethod
    def reserve(cls, who: str, kind: str, starts: int, amount: int) -> int:
        """Add `amount` to the window's count in one atomic statement and answer the new count."""
        statement = (
            "INSERT INTO core_ratewindow (who, kind, starts, count) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (who, kind, starts) DO UPDATE SET count = core_ratewindow.count + excluded.count RETURNING count"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [who, kind, starts, amount])
            return cursor.fetchone()[0]
