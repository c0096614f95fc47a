"""People: who they are and what they are here for."""

from core import events
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Role, User
from core.permissions import can_administer, must
from core.services.subscriptions import reschedule_digests
from core.writes import insert, update

OWN = {"name", "timezone", "digest_hour"}  # what people change of themselves


@acts
def create_user(*, actor: User | None, email: str, name: str, role: str = Role.CONTRIBUTOR, password: str | None = None, **values) -> User:
    """A person who can sign in; without a password only after following a reset or invitation link."""
    must(actor is None or can_administer(actor), "Only administrators may add people.")
    if role not in Role.values:
        raise RuleBroken(f"There is no role “{role}”. Choose one of: {', '.join(Role.values)}.", "role")
    person = User(email=email.strip().lower(), name=name.strip(), role=role, **values)
    person.set_password(password) if password else person.set_unusable_password()
    return insert(person, events.USER_CREATED)


@acts
def change_user(*, actor: User, user: User, seen: int | None = None, merge: bool = True, **values) -> User:
    """Name, role, zone, hour or activity are as given; the last administrator stays one. Who was deactivated is out at once."""
    must(can_administer(actor) or (actor == user and set(values) <= OWN), "Only administrators may change other people.")
    loses_admin = user.role == Role.ADMIN and (values.get("role", Role.ADMIN) != Role.ADMIN or values.get("is_active") is False)
    if loses_admin and not User.objects.alive().filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk).exists():
        raise RuleBroken("This is the only administrator. Make somebody else one first.", "role")
    changed = update(user, values, events.USER_CHANGED, seen=seen, merge=merge)
    forget_rights(user)
    if {"timezone", "digest_hour"} & values.keys():
        reschedule_digests(actor=user)
    return changed


def forget_rights(*people: User) -> None:
    """Rights are read anew when asked next in this process's request."""
    for person in people:
        person.reach = None
        person.__dict__.pop("rights", None)
