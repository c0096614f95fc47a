from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from core import services
from core.exceptions import Refused
from core.letters import invitation_link
from core.models import Invitation, Role, User


class Command(BaseCommand):
    help = "Invite somebody by mail, and print the link as well. The first person of an installation comes in this way."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--role", choices=Role.values, help="Default: admin while nobody is here, contributor afterwards.")

    def handle(self, *args, email: str, role: str | None, **options):
        try:
            validate_email(email)
            waiting = Invitation.objects.waiting().filter(email=email.strip().lower()).first()
            if waiting is not None and role in (None, waiting.role):
                invited = services.send_again(actor=None, invitation=waiting)
            else:
                invited = services.invite(actor=None, email=email, role=role or self._usual_role())
        except (Refused, ValidationError) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from error
        until = f"{invited.expires_at:%Y-%m-%d %H:%M} UTC"
        self.stdout.write(f"{invited.email} is invited as {invited.get_role_display()}. The link works once, until {until}:")
        self.stdout.write(invitation_link(invited))

    def _usual_role(self) -> str:
        return Role.CONTRIBUTOR if User.objects.alive().exists() else Role.ADMIN
