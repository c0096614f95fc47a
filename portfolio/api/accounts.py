"""Accounts: the companies that use, might use or used the products."""

from core.api.filters import Filter
from core.api.people import PersonOutput
from core.api.resources import Changes, Creates, Removes, Resource
from core.api.serializers import ChangeInput, Input, Output, VisibleField
from core.masking import masked_revenue
from core.models import User
from portfolio import services
from portfolio.api.lines import SegmentOutput
from portfolio.models import Account

FACTS = ["name", "segment", "plan", "state", "annual_revenue", "owner", "renewal_date", "outside_id"]


class AccountOutput(Output):
    expandable = {"segment": SegmentOutput, "owner": PersonOutput}

    class Meta:
        model = Account
        fields = ["id", *FACTS, "version", "created_at", "updated_at"]


class AccountInput(Input):
    owner = VisibleField(model=User, required=False, allow_null=True, help_text="The id of a person; you, where you may not choose.")

    class Meta:
        model = Account
        fields = FACTS


class AccountChange(ChangeInput):
    owner = VisibleField(model=User, allow_null=True, help_text="The id of a person.")

    class Meta:
        model = Account
        fields = FACTS


class Accounts(Creates, Changes, Removes, Resource):
    """Companies. Their revenue is null for who may not see it; a contributor sees that of the accounts they own."""

    model = Account
    output = AccountOutput
    create_input = AccountInput
    change_input = AccountChange
    known_by = ("outside_id",)
    filters = {
        "name": Filter("exact", "contains"),
        "segment": Filter("exact", "in", "isnull"),
        "state": Filter("exact", "in"),
        "owner": Filter("exact", "in", "isnull"),
        "annual_revenue": Filter("gte", "lte", "isnull"),
        "renewal_date": Filter("gte", "lte", "isnull"),
        "outside_id": Filter("exact", "in"),
        "updated_at": Filter("gte", "lte"),
    }
    orderings = ("name", "annual_revenue", "renewal_date", "updated_at", "created_at")
    default_order = "id"  # a name is an identity, and not everybody may order by it

    def spoken(self, rows):
        said = super().spoken(rows)
        for row, values in zip(rows, said, strict=True):
            if "annual_revenue" in values:
                revenue = masked_revenue(self.request.user, row)
                values["annual_revenue"] = None if revenue is None else str(revenue)
        return said

    def create_row(self, **values):
        return services.create_account(actor=self.request.user, **values)

    def change_row(self, row, **values):
        return services.change_account(actor=self.request.user, account=row, **values)

    def remove_row(self, row, seen):
        return services.delete_account(actor=self.request.user, account=row, seen=seen)
