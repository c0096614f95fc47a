"""Events: who did what, when and why, with the changes of each row as far as the reader may see them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.filters import Filter
from core.api.resources import Resource
from core.api.serializers import Output, hidden_classes
from core.models import Change, Event
from core.registry import subjects
from core.reports import rows_of

SUBJECT = re.compile(r"([a-z]{1,40}\.[a-z]{1,40}):([0-9]{1,18})\Z")
CHANGES_IN_LIST = 50  # of one event; an import's has thousands


class ChangeOutput(serializers.Serializer):
    """What an event did to one row: the changed fields before and after, null where values may not travel."""

    subject_type = serializers.CharField()
    subject_id = serializers.IntegerField()
    product = serializers.IntegerField(allow_null=True, help_text="The id of the product whose rights the row follows.")
    version_after = serializers.IntegerField()
    before = serializers.DictField(allow_null=True, help_text="Null where the event made the row.")
    after = serializers.DictField(allow_null=True)


class EventOutput(Output):
    changes = serializers.SerializerMethodField(help_text="Those you may see; in a list the first fifty of each event.")
    has_more_changes = serializers.SerializerMethodField(help_text="Whether the event, read alone, shows more changes than these.")

    class Meta:
        model = Event
        fields = [
            "number", "at", "actor", "door", "verb", "because_type", "because_id", "because_label", "undoes", "request_id",
            "changes", "has_more_changes",
        ]  # fmt: skip

    @extend_schema_field(ChangeOutput(many=True))
    def get_changes(self, event):
        return event.seen_changes

    def get_has_more_changes(self, event) -> bool:
        return event.has_more_changes


def touching(rows: QuerySet, user, **which: Any) -> QuerySet:
    """Events with a visible change like this; a hidden one makes no difference."""
    return rows.filter(Exists(Change.objects.visible_to(user).filter(event=OuterRef("pk"), **which)))


class SubjectField(serializers.CharField):
    """`core.product:12`: a row's type and id."""

    default_error_messages = {"invalid": "A subject is written as its type and id, for instance core.product:12."}

    def to_internal_value(self, data):
        found = SUBJECT.match(super().to_internal_value(data))
        if found is None:
            self.fail("invalid")
        return {"subject_type": found[1], "subject_id": int(found[2])}


class Events(Resource):
    """Facts in the order in which they were committed; what you may not see is left out.

    Follow them with `?order=number&number__gt=<the last you read>`.
    """

    model = Event
    output = EventOutput
    lookup_field = "number"
    filters = {
        "number": Filter("gt", "gte", "lt", "lte"),
        "at": Filter("gte", "lt"),
        "actor": Filter(),
        "verb": Filter("exact", "in"),
        "door": Filter(),
        "subject": Filter(reads=SubjectField(), narrow=lambda rows, user, value: touching(rows, user, **value)),
        "product": Filter(
            reads=serializers.CharField(max_length=8), narrow=lambda rows, user, value: touching(rows, user, product__key=value)
        ),
    }
    default_order = "-number"

    def spoken(self, rows: Sequence[Event]) -> Sequence[dict[str, Any]]:
        """The events with the changes this person sees. The reason is told to who sees what the event was about."""
        is_list = self.action == "list"
        changes = Change.objects.visible_to(self.request.user).filter(event__in=[event.pk for event in rows])
        if is_list:
            place = Window(RowNumber(), partition_by=F("event_id"), order_by=F("id"))
            changes = changes.annotate(place=place).filter(place__lte=CHANGES_IN_LIST + 1)
        seen = defaultdict(list)
        for change in changes.order_by("id"):
            seen[change.event_id].append(change)
        hidden = hidden_classes(self.request.user)
        secret = withheld(self.request.user, [change for mine in seen.values() for change in mine])
        for event in rows:
            mine = seen[event.pk]
            event.has_more_changes = is_list and len(mine) > CHANGES_IN_LIST
            event.seen_changes = [spoken_change(change, hidden, secret) for change in (mine[:CHANGES_IN_LIST] if is_list else mine)]
            if not any((c.subject_type, c.subject_id) == (event.subject_type, event.subject_id) for c in mine):
                event.because_type, event.because_id, event.because_label = "", None, ""
        return super().spoken(rows)


def withheld(user, changes: Iterable[Change]) -> set[tuple[str, int]]:
    """The rows of these changes whose values the person is not told: rows seen by fewer people than their product, and not by them."""
    closer = {(c.subject_type, c.subject_id) for c in changes if c.subject_type in subjects and subjects[c.subject_type].is_seen_by_row}
    return closer - set(rows_of(user, closer))


def spoken_change(change: Change, hidden: frozenset[str], secret: Collection[tuple[str, int]] = ()) -> dict[str, Any]:
    """A change as JSON, without the fields of classes the reader does not see, and without values of rows that are secret."""
    subject = subjects.get(change.subject_type)
    masked = {name for name, kind in subject.classes.items() if kind in hidden} if subject else set()

    def shown(values):
        if (change.subject_type, change.subject_id) in secret:
            return None
        return None if values is None else {name: value for name, value in values.items() if name not in masked}

    return {
        "subject_type": change.subject_type,
        "subject_id": change.subject_id,
        "product": change.product_id,
        "version_after": change.version_after,
        "before": shown(change.before),
        "after": shown(change.after),
    }
