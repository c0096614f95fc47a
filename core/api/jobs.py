"""Jobs: long work that was answered with 202."""

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import services
from core.api.filters import Filter
from core.api.resources import Resource
from core.api.serializers import Output
from core.models import Job


class JobOutput(Output):
    class Meta:
        model = Job
        fields = [
            "id", "kind", "label", "owner", "product", "state", "progress", "message", "result", "started_at", "ended_at", "version",
            "created_at",
        ]  # fmt: skip


class Jobs(Resource):
    """Your jobs; administrators and product operations see everybody's that concern no product out of their sight."""

    model = Job
    output = JobOutput
    filters = {"state": Filter("exact", "in"), "kind": Filter("exact", "in"), "owner": Filter()}
    orderings = ("created_at",)
    default_order = "-created_at"

    @action(detail=True, methods=["post"])
    def cancellation(self, request: Request, **kwargs) -> Response:
        """End the job; one that runs is gone within seconds."""
        return self.answer(services.cancel_job(actor=request.user, job=self.get_object()))
