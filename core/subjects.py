"""How history, search and undo speak of core's rows."""

from django.urls import reverse

from core.models import ApiToken, Membership, Organisation, Product, User
from core.registry import Subject, register_subject

register_subject(Subject(Organisation, "organisation", label=lambda o: o.name))
register_subject(
    Subject(User, "person", label=lambda u: u.name, icon="user", classes={"email": "identity"}, personal=("name", "email"), undoable=False)
)
register_subject(
    Subject(Product, "product", label=lambda p: p.name, url=lambda p: reverse("product", args=[p.key]), text=lambda p: p.name, icon="box")
)
register_subject(Subject(Membership, "membership", label=lambda m: f"{m.user.name} at {m.product.name}", undoable=False))
register_subject(Subject(ApiToken, "token", label=lambda t: t.name, undoable=False))
