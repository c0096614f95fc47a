"""People of the organisation."""

from core.api.filters import Filter
from core.api.resources import Resource
from core.api.serializers import Output
from core.models import User


class PersonOutput(Output):
    class Meta:
        model = User
        fields = ["id", "name", "email", "role", "is_active", "timezone", "version", "created_at", "updated_at"]


class People(Resource):
    """Your colleagues; a guest sees themselves alone. Addresses are shown to who may see identities."""

    model = User
    output = PersonOutput
    filters = {"name": Filter("contains"), "email": Filter(), "role": Filter("exact", "in"), "is_active": Filter()}
    orderings = ("name", "created_at", "updated_at")
    default_order = "name"
