"""How history, search and undo speak of core's rows."""

from django.urls import reverse

from core.models import ApiToken, Comment, CustomField, CustomValue, Invitation, Job, Membership, Organisation, Product, SavedView, User
from core.permissions import can_administer, can_keep_custom_fields
from core.registry import Subject, register_subject

register_subject(Subject(Organisation, "organisation", label=lambda o: o.name, may_undo=lambda user, row: can_administer(user)))
register_subject(
    Subject(User, "person", label=lambda u: u.name, icon="user", classes={"email": "identity"}, personal=("name", "email"), undoable=False)
)
register_subject(
    Subject(
        Product,
        "product",
        label=lambda p: p.name,
        key=lambda p: p.key,
        url=lambda p: reverse("product", args=[p.key]),
        text=lambda p: f"{p.key} {p.name}",
        icon="box",
    )
)
register_subject(Subject(Membership, "membership", label=lambda m: f"{m.user.name} at {m.product.name}", undoable=False))
register_subject(Subject(ApiToken, "token", label=lambda t: t.name, undoable=False, is_seen_by_row=True))
register_subject(
    Subject(
        Invitation,
        "invitation",
        label=lambda i: i.email,
        classes={"email": "identity"},
        personal=("email",),
        undoable=False,
        is_seen_by_row=True,
    )
)
register_subject(
    Subject(
        Comment,
        "comment",
        label=lambda c: str(c),
        url=lambda c: reverse("comment", args=[c.pk]),
        text=lambda c: c.text,
        text_class="internal",
        icon="message-2",
        classes={"text": "internal"},
        undoable=False,
    )
)
register_subject(Subject(SavedView, "view", label=lambda v: v.name, icon="bookmark", undoable=False, is_seen_by_row=True))
register_subject(Subject(Job, "job", label=lambda j: j.label, icon="activity", undoable=False, is_seen_by_row=True))
register_subject(
    Subject(
        CustomField,
        "custom field",
        label=lambda f: f.label,
        may_undo=lambda user, f: can_keep_custom_fields(user, f.product_id),
        wordless=frozenset({"choices"}),
        is_seen_by_row=True,
    )
)
register_subject(Subject(CustomValue, "value of a custom field", is_seen_by_row=True))
