"""How people come in."""

from typing import Self

from django.core import signing
from django.db import models
from django.db.models import Q

from core import clock
from core.models.base import Identifying, OrganisationScoped, Versioned
from core.models.people import Role, User

SALT = "core.invitation"


class InvitationQuerySet(Identifying, OrganisationScoped):
    def visible_to(self, user) -> Self:
        """Invitations are the administrators' affair."""
        rows = self.alive() if user.rights.is_any(Role.ADMIN) else self.none()
        return rows.scoped()

    def waiting(self) -> Self:
        """Those nobody has accepted yet, expired ones too."""
        return self.alive().filter(accepted_at=None)


class Invitation(Versioned):
    """A place offered to an address. The link is signed and never stored; `round` is raised to make older links worthless."""

    unrecorded = Versioned.unrecorded | {"round"}

    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role, default=Role.CONTRIBUTOR)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["email", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(deleted_at=None, accepted_at=None), name="one_waiting_invitation",
                violation_error_message="This address is invited already. Send the invitation again, or withdraw it first.",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
        ]  # fmt: skip

    @property
    def token(self) -> str:
        """What the link carries: which invitation, and which of its letters."""
        return signing.Signer(salt=SALT).sign_object([self.pk, self.round])

    @property
    def is_open(self) -> bool:
        """Whether its newest link still leads in."""
        return self.deleted_at is None and self.accepted_at is None and self.expires_at > clock.now()

    @classmethod
    def of_token(cls, token: str) -> Self | None:
        """The open invitation a link stands for; None for every link that leads nowhere, whatever the reason."""
        try:
            pk, number = signing.Signer(salt=SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        found = cls.objects.for_sign_in().filter(pk=pk, round=number).first()
        return found if found is not None and found.is_open else None
