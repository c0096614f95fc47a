"""Templates and documents."""

from rest_framework import serializers

from core.api.filters import Filter
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import Body, ChangeInput, Input, Output, VisibleField
from documents import services
from documents.models import Document, Template
from documents.sections import LONGEST, LONGEST_HEADING, Section
from roadmaps.models import Feature


class TemplateSection(serializers.Serializer):
    heading = serializers.CharField()
    guidance = serializers.CharField(help_text="What belongs there.")
    is_required = serializers.BooleanField()


class TemplateOutput(Output):
    sections = TemplateSection(many=True, read_only=True)

    class Meta:
        model = Template
        fields = ["id", "name", "purpose", "sections", "revision", "version", "created_at", "updated_at"]


class Templates(Resource):
    """What kinds of documents consist of; product operations writes them."""

    model = Template
    output = TemplateOutput
    filters = {"name": Filter("exact", "contains"), "updated_at": Filter("gte", "lte")}
    orderings = ("name", "updated_at")
    default_order = "name"


class DocumentSection(Body):
    """A heading, empty for what stands before the first one, and the Markdown under it."""

    heading = serializers.CharField(max_length=LONGEST_HEADING, allow_blank=True)
    text = serializers.CharField(max_length=LONGEST, allow_blank=True, trim_whitespace=False)

    def to_internal_value(self, data):
        values = super().to_internal_value(data)
        # A PATCH may leave out `sections`, but a section is always whole.
        if missing := {"heading", "text"} - set(values):
            raise serializers.ValidationError(dict.fromkeys(sorted(missing), "This field is required."))
        return Section(**values)


class DocumentOutput(Output):
    feature = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature it is about.")
    sections = DocumentSection(many=True, read_only=True)
    missing = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="The required headings under which nothing is written yet."
    )

    class Meta:
        model = Document
        fields = ["id", "template", "feature", "state", "sections", "missing", "revision", "version", "created_at", "updated_at"]


class DocumentInput(Input):
    feature = VisibleField(model=Feature, by="key", help_text="The key of a feature of a product you may edit.")
    sections = DocumentSection(many=True, required=False, help_text="The template's headings, where they are left out.")

    class Meta:
        model = Document
        fields = ["template", "feature", "sections"]


class DocumentChange(ChangeInput):
    sections = DocumentSection(many=True)

    class Meta:
        model = Document
        fields = ["state", "sections"]


class Documents(Creates, Changes, Removes, Resource):
    """Documents of the products you see. Changed sections become a new revision; every revision is kept."""

    model = Document
    output = DocumentOutput
    create_input = DocumentInput
    change_input = DocumentChange
    joins = ("feature", "template")
    filters = {
        "feature": Filter("exact", "in", path="feature__key"),
        "product": Filter("exact", "in", path="feature__product__key"),
        "template": Filter("exact", "in"),
        "state": Filter("exact", "in"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("updated_at", "created_at", "id")
    default_order = "-updated_at"

    def create_row(self, **values):
        return services.create_document(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_document(actor=self.request.user, document=row, **values)

    def remove_row(self, row, seen):
        return services.delete_document(actor=self.request.user, document=row, seen=seen)
