"""Imports for programs: a file or text comes in, is rehearsed, run by a job, and taken back."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api.filters import Filter
from core.api.jobs import JobOutput
from core.api.parsers import BoundedJSONParser
from core.api.resources import Changes, Creates, Removes, Resource, refuse_unknown
from core.api.serializers import ChangeInput, Input, Output, VisibleField, hidden_classes
from core.exceptions import RuleBroken
from core.models import Product
from integrations import services
from integrations.models import ImportMapping, ImportReference, ImportRow, ImportRun, Kind

COLUMN = {
    "type": "object",
    "required": ["field"],
    "additionalProperties": False,
    "properties": {
        "field": {"type": "string", "description": "What the column holds, for instance `title`."},
        "append": {"type": "string", "description": "Add the cell to the field under this word instead of being the field."},
        "step": {"type": "string", "description": "Of a column that says since when a row was in a stage: the stage's short name."},
        "unknown": {"type": "string", "enum": ["", "make"], "description": "`make`: words not known here become rows, where they can."},
        "values": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Words of the file and what they mean here: a known word, blank, or `skip` to leave the row out.",
        },
    },
}
PLAN = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "source": {"type": "string", "maxLength": 20, "description": "Keeps the ids of different systems apart."},
        "encoding": {"type": "string", "default": "utf-8"},
        "delimiter": {"type": "string", "enum": [",", ";", "\t", "|"], "default": ","},
        "header": {"type": "boolean", "default": True, "description": "Whether the first row names the columns."},
        "date_order": {"type": "string", "enum": ["", "dmy", "mdy"], "description": "Blank: found out from the column."},
        "defaults": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Cells for fields no column fills."},
        "columns": {"type": "object", "additionalProperties": COLUMN, "description": "Columns by position, counted from 0."},
    },
}
COUNTS = {
    "type": "object",
    "description": "How many rows were, or after a rehearsal would be, made, changed, left the same, refused.",
    "properties": {str(outcome): {"type": "integer"} for outcome in ImportRow.Outcome.values},
}


@extend_schema_field(PLAN)
class PlanField(serializers.JSONField):
    """How a file is read."""


@extend_schema_field(COUNTS)
class CountsField(serializers.JSONField):
    """Rows by outcome."""


class ImportOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the product; null for the whole organisation.")
    plan = PlanField(read_only=True)
    counts = CountsField(read_only=True)

    class Meta:
        model = ImportRun
        fields = [
            "id", "kind", "product", "owner", "file_name", "state", "counts", "message", "plan", "job", "version", "created_at",
            "updated_at",
        ]  # fmt: skip


class ImportInput(Input):
    kind = serializers.ChoiceField(Kind.choices)
    product = VisibleField(
        model=Product,
        by="key",
        required=False,
        allow_null=True,
        help_text="Features need one; releases one or a column of it.",
    )
    file = serializers.FileField(required=False, write_only=True, help_text="The table: CSV, or records in JSON.")
    text = serializers.CharField(required=False, write_only=True, trim_whitespace=False, help_text="The table, instead of a file.")
    file_name = serializers.CharField(required=False, max_length=200, help_text="How the import is named; the file's own name.")
    mapping = VisibleField(
        model=ImportMapping, required=False, allow_null=True, write_only=True, help_text="The id of a mapping that says how to read it."
    )
    plan = PlanField(required=False, allow_null=True, help_text="How to read it. Without mapping and plan it is guessed from names.")

    class Meta:
        model = ImportRun
        fields = ["kind", "product", "file", "text", "file_name", "mapping", "plan"]


class ImportChange(ChangeInput):
    plan = PlanField()

    class Meta:
        model = ImportRun
        fields = ["plan"]


class Imports(Creates, Changes, Resource):
    """Files on their way in: your own; administrators and product operations see those of products in their sight.

    POST brings a file, PATCH says how it is read, `rehearsal` foretells what would become of each row, `execution` does it, `reversal`
    takes it back. What became of the rows stands under import-rows.
    """

    model = ImportRun
    output = ImportOutput
    create_input = ImportInput
    change_input = ImportChange
    parser_classes = [BoundedJSONParser, MultiPartParser]
    filters = {
        "kind": Filter("exact", "in"),
        "product": Filter("exact", "in", path="product__key"),
        "owner": Filter(),
        "state": Filter("exact", "in"),
        "created_at": Filter("gte", "lte"),
    }
    orderings = ("created_at",)
    default_order = "-created_at"

    def create_row(self, *, file=None, text=None, mapping=None, plan=None, file_name="", product=None, **values: Any) -> ImportRun:
        if (file is None) == (text is None):
            raise RuleBroken("Send the table either as a file or as text.", "file")
        if mapping is not None and plan is not None:
            raise RuleBroken("Name a mapping or give a plan, not both.", "plan")
        return services.receive_file(
            actor=self.request.user,
            product=product,
            file_name=file_name or (file.name if file else "table.csv"),
            content=services.content_of(file) if file else text.encode(),
            plan=mapping.plan if mapping else plan,
            **values,
        )

    def change_row(self, row: ImportRun, **values: Any) -> ImportRun:
        return services.plan_import(actor=self.request.user, run=row, **values)

    @extend_schema(request=None, responses={200: ImportOutput, 202: ImportOutput})
    @action(detail=True, methods=["post"])
    def rehearsal(self, request: Request, **kwargs) -> Response:
        """Foretell what would become of each row; nothing is changed. A large file is answered with 202 and foretold by its job."""
        return self._begun(request, services.rehearse_import)

    @extend_schema(request=None, responses={202: JobOutput})
    @action(detail=True, methods=["post"])
    def execution(self, request: Request, **kwargs) -> Response:
        """Bring the rows in, by a job: it is what is answered."""
        refuse_unknown(request, set())
        run = services.start_import(actor=request.user, run=self.get_object())
        job = JobOutput(context={"hidden": hidden_classes(request.user)}).to_representation(run.job)
        location = reverse("api-jobs-detail", args=[run.job.pk], request=request)
        return Response(job, status=HTTPStatus.ACCEPTED, headers={"Location": location})

    @extend_schema(request=None, responses={200: ImportOutput, 202: ImportOutput})
    @action(detail=True, methods=["post"])
    def reversal(self, request: Request, **kwargs) -> Response:
        """Take the import back: what it made is removed, what it changed is as it was. A large one is taken back by its job."""
        return self._begun(request, services.reverse_import)

    def _begun(self, request: Request, begin) -> Response:
        refuse_unknown(request, set())
        begin(actor=request.user, run=self.get_object())
        run = self.get_object()
        return self.answer(run, HTTPStatus.ACCEPTED if run.is_under_way else HTTPStatus.OK)


class ImportRowOutput(Output):
    class Meta:
        model = ImportRow
        fields = ["id", "run", "number", "outcome", "label", "reason"]


class ImportRows(Resource):
    """What became, or would become, of each row of a file, with the reason where it is refused: `?run=12&outcome=refused`."""

    model = ImportRow
    output = ImportRowOutput
    filters = {"run": Filter(), "outcome": Filter("exact", "in"), "number": Filter("gte", "lte")}
    default_order = "number"


class ImportReferenceOutput(Output):
    class Meta:
        model = ImportReference
        fields = ["id", "run", "number", "field", "text", "outcome", "reason", "leads_to"]


class ImportReferences(Resource):
    """What became, or would become, of each relation a row names, with the reason where nothing: `?run=12&outcome=refused`."""

    model = ImportReference
    output = ImportReferenceOutput
    filters = {"run": Filter(), "outcome": Filter("exact", "in"), "field": Filter("exact", "in"), "number": Filter("exact", "gte", "lte")}
    default_order = "id"


class ImportMappingOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True)
    plan = PlanField(read_only=True)

    class Meta:
        model = ImportMapping
        fields = ["id", "name", "kind", "product", "owner", "plan", "version", "created_at", "updated_at"]


class ImportMappingInput(Input):
    run = VisibleField(model=ImportRun, help_text="The id of an import: the mapping reads files as it does.")

    class Meta:
        model = ImportMapping
        fields = ["run", "name"]


class ImportMappings(Creates, Removes, Resource):
    """Ways of reading a file, kept under a name. The same name again replaces yours."""

    model = ImportMapping
    output = ImportMappingOutput
    create_input = ImportMappingInput
    filters = {"kind": Filter("exact", "in"), "owner": Filter(), "name": Filter("exact", "contains")}
    orderings = ("name",)
    default_order = "name"

    def create_row(self, **values: Any) -> ImportMapping:
        return services.save_mapping(actor=self.request.user, **values)

    def remove_row(self, row: ImportMapping, seen: int | None) -> None:
        services.delete_mapping(actor=self.request.user, mapping=row, seen=seen)
