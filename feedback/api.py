"""Requesters, feedback and evidence."""

from rest_framework import serializers

from core.api.filters import Filter
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from core.masking import sees_revenue_of
from core.models import Product, User
from feedback import services
from feedback.models import Evidence, Feedback, Requester
from feedback.permissions import sees_deal_of
from portfolio.api.accounts import AccountOutput
from portfolio.models import Account
from roadmaps.models import Feature

API = "api"  # where a message comes from whose program does not say
PERSON = ["name", "email", "job", "account", "outside_id"]
FACTS = ["title", "text", "kind", "tags", "requester", "importance", "deal_size", "deal_closes_on", "competitor"]


class RequesterOutput(Output):
    expandable = {"account": AccountOutput}

    class Meta:
        model = Requester
        fields = ["id", *PERSON, "version", "created_at", "updated_at"]


class RequesterInput(Input):
    account = VisibleField(model=Account, required=False, allow_null=True, help_text="The id of the company they speak for.")

    class Meta:
        model = Requester
        fields = PERSON


class RequesterChange(ChangeInput):
    account = VisibleField(model=Account, allow_null=True, help_text="The id of the company they speak for.")

    class Meta:
        model = Requester
        fields = PERSON


class Requesters(Creates, Changes, Resource):
    """People who ask, at an account or not."""

    model = Requester
    output = RequesterOutput
    create_input = RequesterInput
    change_input = RequesterChange
    known_by = ("outside_id",)
    filters = {
        "name": Filter("exact", "contains"),
        "email": Filter("exact", "in"),
        "account": Filter("exact", "in", "isnull"),
        "outside_id": Filter("exact", "in"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "updated_at", "created_at")
    default_order = "id"

    def id_elsewhere(self, values):
        return {"outside_id": " ".join((values.get("outside_id") or "").split())}

    def create_row(self, **values):
        return services.create_requester(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_requester(actor=self.request.user, requester=row, **values)


class FeedbackOutput(Output):
    product = serializers.SlugRelatedField("key", read_only=True, help_text="The key of its product; null where it has none you see.")
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    expandable = {"requester": RequesterOutput, "submitter": PersonOutput, "assignee": PersonOutput}

    class Meta:
        model = Feedback
        fields = [
            "id", "source", "source_id", "received_at", "product", *FACTS, "submitter", "account_state", "account_revenue", "state",
            "assignee", "snoozed_until", "declined_because", "merged_into", "version", "created_at", "updated_at",
        ]  # fmt: skip


class FeedbackInput(Input):
    title = serializers.CharField(required=False, max_length=200, help_text="The first line of the text, where it is left out.")
    text = serializers.CharField(required=False, allow_blank=True, max_length=Feedback.LONGEST, trim_whitespace=False)
    product = VisibleField(model=Product, by="key", required=False, allow_null=True, help_text="The key of a product.")
    requester = VisibleField(model=Requester, required=False, allow_null=True, help_text="The id of who asks.")
    account = VisibleField(
        model=Account,
        required=False,
        allow_null=True,
        write_only=True,
        help_text="The id of the company that asks, where no requester is named.",
    )
    feature = VisibleField(
        model=Feature,
        by="key",
        required=False,
        allow_null=True,
        write_only=True,
        help_text="The key of a feature the whole message asks for.",
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)

    class Meta:
        model = Feedback
        fields = ["source", "source_id", "received_at", "product", *FACTS, "account", "feature"]


class FeedbackChange(ChangeInput):
    text = serializers.CharField(allow_blank=True, max_length=Feedback.LONGEST, trim_whitespace=False)
    product = VisibleField(model=Product, by="key", allow_null=True, help_text="The key of a product.")
    requester = VisibleField(model=Requester, allow_null=True, help_text="The id of who asks.")
    assignee = VisibleField(model=User, allow_null=True, help_text="The id of who deals with it.")
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20)

    class Meta:
        model = Feedback
        fields = ["product", *FACTS, "assignee"]


class FeedbackResource(Creates, Changes, Resource):
    """Messages you may read: of products you see and unsorted ones; with sales and support, your own and those of accounts you own."""

    model = Feedback
    output = FeedbackOutput
    create_input = FeedbackInput
    change_input = FeedbackChange
    known_by = ("source", "source_id")
    made_with = ("received_at", "account", "feature")
    joins = ("product", "requester__account")
    filters = {
        "source": Filter("exact", "in"),
        "source_id": Filter("exact", "in"),
        "state": Filter("exact", "in"),
        "kind": Filter("exact", "in"),
        "product": Filter(
            "exact",
            path="product__key",
            narrow=lambda rows, user, value: rows.filter(product__key=value, product_id__in=user.rights.visible),
        ),
        "requester": Filter("exact", "in", "isnull"),
        "account": Filter("exact", "in", path="requester__account"),
        "submitter": Filter("exact", "in", "isnull"),
        "assignee": Filter("exact", "in", "isnull"),
        "importance": Filter("exact", "in"),
        "merged_into": Filter("exact", "isnull"),
        "received_at": Filter("gte", "lt"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("received_at", "updated_at", "created_at", "id")
    default_order = "-received_at"

    def spoken(self, rows):
        """The messages, without a product out of sight, and with the money this person may see."""
        user, said = self.request.user, super().spoken(rows)
        for row, values in zip(rows, said, strict=True):
            if "product" in values and row.product_id not in user.rights.visible:
                values["product"] = None
            if "deal_size" in values and sees_deal_of(user, row):
                values["deal_size"] = _money(row.deal_size)
            if "account_revenue" in values and row.account is not None and sees_revenue_of(user, row.account):
                values["account_revenue"] = _money(row.account_revenue)
        return said

    def id_elsewhere(self, values):
        return {"source": services.source_name(values.get("source", API)), "source_id": values.get("source_id")}

    def create_row(self, **values):
        return services.submit_feedback(actor=self.request.user, submitter=self.request.user, **{"source": API, **values})

    def change_row(self, row, **values):
        return services.change_feedback(actor=self.request.user, feedback=row, **values)


class EvidenceOutput(Output):
    feature = serializers.SlugRelatedField("key", read_only=True, help_text="The key of the feature it speaks for.")

    class Meta:
        model = Evidence
        fields = ["id", "feedback", "feature", "importance", "quote", "start", "end", "linked_by", "version", "created_at", "updated_at"]


class EvidenceInput(Input):
    feedback = VisibleField(model=Feedback, help_text="The id of a message you may sort.")
    feature = VisibleField(model=Feature, by="key", help_text="The key of a feature you see.")
    start = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=Feedback.LONGEST,
        help_text="Where the passage begins, in characters of the text.",
    )
    end = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=Feedback.LONGEST,
        help_text="Where it ends; without both, the whole message.",
    )

    class Meta:
        model = Evidence
        fields = ["feedback", "feature", "importance", "start", "end"]


class EvidenceChange(ChangeInput):
    class Meta:
        model = Evidence
        fields = ["importance"]


class EvidenceResource(Creates, Changes, Removes, Resource):
    """Parts of messages that speak for features, and how much each matters to who said it."""

    model = Evidence
    output = EvidenceOutput
    create_input = EvidenceInput
    change_input = EvidenceChange
    filters = {
        "feature": Filter("exact", "in", path="feature__key"),
        "feedback": Filter("exact", "in"),
        "importance": Filter("exact", "in"),
        "account": Filter("exact", "in", path="feedback__requester__account"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("created_at", "updated_at", "id")
    default_order = "-id"

    def create_row(self, **values):
        return services.link_evidence(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_importance(actor=self.request.user, evidence=row, **values)

    def remove_row(self, row, seen):
        return services.unlink_evidence(actor=self.request.user, evidence=row, seen=seen)


def _money(amount) -> str | None:
    return None if amount is None else str(amount)
