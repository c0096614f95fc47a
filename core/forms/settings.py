"""What people type under Settings."""

from datetime import timedelta
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password

from core import clock
from core.forms.base import Form, ModelForm
from core.models import ApiToken, Invitation, Membership, Organisation, Product, User

AREAS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
CURRENCIES = ("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "INR", "JPY", "NOK", "NZD", "PLN", "SEK", "SGD", "USD", "ZAR")


def zones() -> list[tuple[str, str]]:
    """The time zones people know by a place, UTC first."""
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if zone.startswith(AREAS))]


class ProfileForm(ModelForm):
    """What people change of themselves."""

    timezone = forms.ChoiceField(choices=zones, label="Time zone", help_text="Dates and times are shown as they are there.")

    class Meta:
        model = User
        fields = ("name", "timezone")


class PersonForm(ModelForm):
    """What administrators change of others."""

    class Meta:
        model = User
        fields = ("name", "role", "is_active")
        labels = {"is_active": "May sign in"}
        help_texts = {"is_active": "Without it, open sessions and tokens end with their next request. What the person wrote is kept."}


class InvitationForm(ModelForm):
    """Whom to invite, as what."""

    class Meta:
        model = Invitation
        fields = ("email", "role")
        labels = {"email": "E-mail"}


class AcceptanceForm(Form):
    """Who comes in: a name and a password."""

    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Choose a password",
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )

    def __init__(self, *args, email: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        """A password that is like the name or the address is refused, at its field."""
        super().clean()
        values = self.cleaned_data
        if values.get("password"):
            try:
                validate_password(values["password"], User(email=self.email, name=values.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values


class ProductForm(ModelForm):
    """A product's name and who sees it."""

    class Meta:
        model = Product
        fields = ("name", "visibility", "owner")

    choices_for = {"owner": lambda user: User.objects.visible_to(user).filter(is_active=True)}


class NewProductForm(ProductForm):
    """A product begins with a key, which stays."""

    class Meta(ProductForm.Meta):
        fields = ("key", "name", "visibility")
        help_texts = {
            "key": "Two to eight capital letters or digits, for instance PAY. Features are numbered after it, so it stays.",
            "visibility": "An open product is seen by every member, a private one by those you name.",
        }


class MemberForm(ModelForm):
    """Who belongs to a product, as what."""

    class Meta:
        model = Membership
        fields = ("user", "level")
        labels = {"user": "Person"}

    choices_for = {"user": lambda user: User.objects.visible_to(user).filter(is_active=True)}


class OrganisationForm(ModelForm):
    """Name, currency and day of the organisation."""

    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES], help_text="Amounts are not converted when it changes.")
    timezone = forms.ChoiceField(choices=zones, label="Time zone", help_text="Where the organisation's day begins and ends.")

    class Meta:
        model = Organisation
        fields = ("name", "currency", "timezone")


class TokenForm(Form):
    """What a token is for, and how far it reaches."""

    LASTING = (("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until it is revoked"))

    name = forms.CharField(max_length=80, label="What it is for", widget=forms.TextInput(attrs={"placeholder": "Nightly report"}))
    may_write = forms.BooleanField(required=False, label="May change things", help_text="Without it the token reads only.")
    product = forms.ModelChoiceField(
        Product._base_manager.none(), required=False, label="Only for", empty_label="Everything I may see",
    )  # fmt: skip
    days = forms.ChoiceField(choices=LASTING, required=False, initial="90", label="Works")

    choices_for = {"product": lambda user: Product.objects.visible_to(user)}

    def values(self) -> dict:
        """What `create_token` takes."""
        days = self.cleaned_data["days"]
        return {
            "name": self.cleaned_data["name"],
            "scopes": [ApiToken.Scope.READ, *([ApiToken.Scope.WRITE] if self.cleaned_data["may_write"] else [])],
            "product": self.cleaned_data["product"],
            "expires_at": clock.now() + timedelta(days=int(days)) if days else None,
        }
