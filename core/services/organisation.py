"""The organisation itself."""

from core import events
from core.acts import acts
from core.models import Organisation, User
from core.permissions import can_administer, must
from core.writes import update


def organisation() -> Organisation:
    """The one organisation of this installation."""
    return Organisation._base_manager.get(pk=1)


@acts
def change_organisation(*, actor: User, seen: int | None = None, **values) -> Organisation:
    """Name, currency and time zone are as given."""
    must(can_administer(actor), "Only administrators may change the organisation's settings.")
    return update(organisation(), values, events.ORGANISATION_CHANGED, seen=seen)
