"""Dependencies: what waits for what."""

from django.db.models import Q
from rest_framework import serializers

from core.acts import act
from core.api.filters import Filter
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from roadmaps import services
from roadmaps.models import Dependency, Feature
from roadmaps.schedule import late_days


class DependencyOutput(Output):
    predecessor = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature that is waited for.")
    successor = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature that waits.")
    broken_by = serializers.SerializerMethodField()

    class Meta:
        model = Dependency
        fields = ["id", "predecessor", "successor", "kind", "agreement", "needed_by", "broken_by", "version", "created_at", "updated_at"]

    def get_broken_by(self, row) -> int | None:
        """By how many days the dates break it; 0 where they hold, null where one is missing."""
        return late_days(row)


class DependencyInput(Input):
    predecessor = VisibleField(model=Feature, by="key", help_text="The key of the feature that is waited for.")
    successor = VisibleField(model=Feature, by="key", help_text="The key of the feature that waits, of a product you may edit.")

    class Meta:
        model = Dependency
        fields = ["predecessor", "successor", "kind", "needed_by"]


class DependencyChange(ChangeInput):
    class Meta:
        model = Dependency
        fields = ["kind", "needed_by", "agreement"]


class Dependencies(Creates, Changes, Removes, Resource):
    """What waits for what, where you see both ends. Across products it is also an agreement; a circle is refused."""

    model = Dependency
    output = DependencyOutput
    create_input = DependencyInput
    change_input = DependencyChange
    joins = ("predecessor__product", "successor__product")
    filters = {
        "feature": Filter(
            reads=serializers.CharField(max_length=20),
            narrow=lambda rows, user, key: rows.filter(Q(predecessor__key=key) | Q(successor__key=key)),
        ),
        "kind": Filter("exact", "in"),
        "agreement": Filter("exact", "in"),
        "needed_by": Filter("gte", "lte", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("id", "needed_by", "updated_at")
    default_order = "id"

    def create_row(self, **values):
        return services.create_dependency(actor=self.request.user, **values)

    def change_row(self, row, *, seen, merge, agreement=None, **values):
        actor = self.request.user
        with act(actor):
            if values:
                services.change_dependency(actor=actor, dependency=row, seen=seen, merge=merge, **values)
            if agreement not in (None, row.agreement):
                services.answer_dependency(actor=actor, dependency=row, agreement=agreement)

    def remove_row(self, row, seen):
        return services.delete_dependency(actor=self.request.user, dependency=row, seen=seen)
