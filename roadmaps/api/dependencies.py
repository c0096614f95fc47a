"""Dependencies: what waits for what."""

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import Filter, refuse_unknown
from core.api.resources import Changes, Creates, Removes, Resource, read, seen_version
from core.api.serializers import Body, ChangeInput, Input, Nothing, Output, VisibleField
from core.models import Organisation
from roadmaps import services
from roadmaps.agreements import STANDING, with_overdue
from roadmaps.models import Dependency, Feature
from roadmaps.schedule import late_days

Agreement = Dependency.Agreement


class DependencyOutput(Output):
    predecessor = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature that is waited for.")
    successor = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature that waits.")
    broken_by = serializers.SerializerMethodField()

    class Meta:
        model = Dependency
        fields = [
            "id", "predecessor", "successor", "kind", "agreement", "needed_by", "promised_for", "refused_why", "broken_by", "version",
            "created_at", "updated_at",
        ]  # fmt: skip

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
        fields = ["kind", "needed_by"]


class AcceptanceInput(Body):
    """By when it will be there."""

    promised_for = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="The needed-by day, where it is left out."
    )


class RefusalInput(Body):
    """Why it will not be there."""

    why = serializers.CharField(max_length=500)


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
        "standing": Filter(
            reads=serializers.ChoiceField(list(STANDING), help_text="Of the register of agreements between products."),
            narrow=lambda rows, user, name: with_overdue(rows.agreements(), Organisation.today()).filter(STANDING[name]),
        ),
        "product": Filter(
            reads=serializers.CharField(max_length=20),
            narrow=lambda rows, user, key: rows.filter(Q(predecessor__product__key=key) | Q(successor__product__key=key)),
        ),
        "needed_by": Filter("gte", "lte", "isnull"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("id", "needed_by", "updated_at")
    default_order = "id"

    def create_row(self, **values):
        return services.create_dependency(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_dependency(actor=self.request.user, dependency=row, **values)

    def remove_row(self, row, seen):
        return services.delete_dependency(actor=self.request.user, dependency=row, seen=seen)

    @extend_schema(request=AcceptanceInput, responses=DependencyOutput)
    @action(detail=True, methods=["post"])
    def acceptance(self, request: Request, **kwargs) -> Response:
        """Accept what is asked of a product you edit, for the needed-by day or another one."""
        return self._answer(request, Agreement.ACCEPTED, AcceptanceInput)

    @extend_schema(request=Nothing, responses=DependencyOutput)
    @action(detail=True, methods=["post"])
    def commitment(self, request: Request, **kwargs) -> Response:
        """Commit to what was accepted."""
        return self._answer(request, Agreement.COMMITTED, Nothing)

    @extend_schema(request=RefusalInput, responses=DependencyOutput)
    @action(detail=True, methods=["post"])
    def refusal(self, request: Request, **kwargs) -> Response:
        """Refuse what is asked of a product you edit, and say why."""
        return self._answer(request, Agreement.REFUSED, RefusalInput)

    @extend_schema(request=Nothing, responses=DependencyOutput)
    @action(detail=True, methods=["post"])
    def fulfilment(self, request: Request, **kwargs) -> Response:
        """Note that what was accepted is there. Shipping the feature that is waited for notes it too."""
        return self._answer(request, Agreement.MET, Nothing)

    @extend_schema(request=Nothing, responses=DependencyOutput)
    @action(detail=True, methods=["post"])
    def reopening(self, request: Request, **kwargs) -> Response:
        """Ask anew for what was refused or met."""
        return self._answer(request, Agreement.REQUESTED, Nothing)

    def _answer(self, request: Request, agreement: str, kind: type[Body]) -> Response:
        refuse_unknown(request, set())
        row, values = self.get_object(), read(self, kind)
        seen = seen_version(request, row.version, is_needed=False)
        services.answer_dependency(actor=request.user, dependency=row, agreement=agreement, seen=seen, merge=False, **values)
        return self.answer(row)
