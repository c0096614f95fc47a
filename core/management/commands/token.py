"""Tokens from the command line: `create`, `list`, `revoke`."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock, services
from core.exceptions import Refused
from core.models import ApiToken, Product, User


class Command(BaseCommand):
    help = "Make, list and revoke the tokens by which programs use the API."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="Make a token and print it, this one time.")
        create.add_argument("email", help="The person in whose name the program acts.")
        create.add_argument("--name", required=True, help="What the token is for.")
        create.add_argument("--scopes", default="read", help="read, or read,write. Default: read.")
        create.add_argument("--product", help="The key of the only product the token is for.")
        create.add_argument("--days", type=int, help="Days until the token expires; without it, it does not.")
        listing = verbs.add_parser("list", help="List the tokens that are not revoked.")
        listing.add_argument("email", nargs="?", help="Only this person's.")
        revoke = verbs.add_parser("revoke", help="End a token; it works no longer from the next request on.")
        revoke.add_argument("key", help="The part between pf_ and the dot.")

    def handle(self, *args, verb: str, **options) -> None:
        try:
            getattr(self, verb)(**options)
        except Refused as error:
            raise CommandError(str(error)) from error

    def create(self, *, email: str, name: str, scopes: str, product: str | None, days: int | None, **_) -> None:
        """Print the token's text; it is kept nowhere."""
        person = self._person(email)
        narrowed = Product.objects.alive().filter(key=product).first() if product else None
        if product and narrowed is None:
            raise CommandError(f"There is no product with the key {product}.")
        expires_at = clock.now() + timedelta(days=days) if days is not None else None
        wanted = [scope.strip() for scope in scopes.split(",")]
        created = services.create_token(actor=person, user=person, name=name, scopes=wanted, product=narrowed, expires_at=expires_at)
        self.stdout.write(created[1])

    def list(self, *, email: str | None, **_) -> None:
        """One line a token; secrets are kept nowhere."""
        tokens = ApiToken.objects.alive().select_related("user", "product").order_by("user__email", "name")
        if email:
            tokens = tokens.filter(user=self._person(email))
        for token in tokens:
            scope = f"{','.join(token.scopes)}{f' in {token.product.key}' if token.product else ''}"
            end = f"expires {token.expires_at:%Y-%m-%d}" if token.expires_at else "does not expire"
            used = f"last used {token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
            self.stdout.write(f"{token.key}  {token.user.email}  {token.name}  {scope}  {end}  {used}")

    def revoke(self, *, key: str, **_) -> None:
        """The token is ended, in its person's name."""
        token = ApiToken.objects.alive().select_related("user").filter(key=key.removeprefix("pf_").partition(".")[0]).first()
        if token is None:
            raise CommandError("There is no such token, or it was revoked already.")
        services.revoke_token(actor=token.user, token=token)
        self.stdout.write(f"The token “{token.name}” of {token.user.email} is revoked.")

    def _person(self, email: str) -> User:
        person = User.objects.for_sign_in().filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"There is no active person with the address {email}.")
        return person
