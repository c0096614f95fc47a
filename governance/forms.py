"""Reading and checking what people type about checks and decisions."""

from django import forms

from core.forms import DateInput, ModelForm
from core.models import Product, User
from documents.models import Template
from governance.models import Check, Decision
from governance.permissions import can_decide
from roadmaps.models import Feature, Initiative, Stage

MOST_FEATURES = 50


class CheckForm(ModelForm):
    """What a stage asks for."""

    class Meta:
        model = Check
        fields = ("stage", "kind", "field", "template", "least", "is_blocking")
        labels = {
            "kind": "What must be",
            "field": "Which field",
            "template": "Which template",
            "least": "How many people",
            "is_blocking": "Blocking: nobody may pass it over",
        }
        help_texts = {
            "field": "For “A field is filled”.",
            "template": "For “A document is complete”.",
            "least": "For “Enough people asked for it”.",
            "is_blocking": "Otherwise a feature may go on for a reason, which is kept.",
        }

    choices_for = {
        "stage": lambda user: Stage.objects.visible_to(user),
        "template": lambda user: Template.objects.visible_to(user),
    }


class KeysField(forms.CharField):
    """Features named by their keys, between commas or spaces; only those in sight are found."""

    def __init__(self, **options):
        super().__init__(required=False, max_length=2000, **options)
        self.user = None

    def prepare_value(self, value):
        return ", ".join(feature.key for feature in value) if isinstance(value, list) else value

    def clean(self, value):
        """The features, in the order they were named."""
        keys = list(dict.fromkeys(super().clean(value).upper().replace(",", " ").replace(";", " ").split()))
        if len(keys) > MOST_FEATURES:
            raise forms.ValidationError(f"A decision is about {MOST_FEATURES} features at most.")
        found = {feature.key: feature for feature in Feature.objects.visible_to(self.user).filter(key__in=keys).select_related("product")}
        if unknown := [key for key in keys if key not in found]:
            raise forms.ValidationError(f"There is no feature {', '.join(unknown)}, or it is not yours to see.")
        return [found[key] for key in keys]


class DecisionForm(ModelForm):
    """A decision as it is logged; `product` is asked for once."""

    options = forms.CharField(
        required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}), label="Options", help_text="One a line."
    )
    features = KeysField(label="About these features", help_text="Their keys, for instance PAY-42, PAY-57.")
    initiatives = forms.ModelMultipleChoiceField(queryset=Initiative.objects.none(), required=False, label="About these initiatives")

    class Meta:
        model = Decision
        fields = ("product", "question", "options", "outcome", "why", "expected", "decided_by", "decided_on", "look_again_on")
        labels = {"expected": "What do we expect of it?", "product": "Of which product?"}
        widgets = {
            "why": forms.Textarea(attrs={"rows": 3}),
            "expected": forms.Textarea(attrs={"rows": 2}),
            "decided_on": DateInput(),
            "look_again_on": DateInput(),
        }

    field_order = ("question", "options", "outcome", "why", "expected", "decided_by", "decided_on", "look_again_on", "product", "features")
    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(archived_at=None),
        "decided_by": lambda user: User.objects.visible_to(user).filter(is_active=True),
        "initiatives": lambda user: Initiative.objects.visible_to(user).select_related("product"),
    }

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["features"].user = user
        if self.instance.pk:
            del self.fields["product"]
            self.initial["options"] = "\n".join(self.instance.options)
        elif can_decide(user, None):
            self.fields["product"].empty_label = "The whole organisation"
        else:
            self.fields["product"].required = True
            self.fields["product"].queryset = self.fields["product"].queryset.filter(pk__in=user.rights.editable)

    def clean_options(self):
        """The lines."""
        return self.cleaned_data["options"].splitlines()

    def values(self) -> dict:
        """What the services take."""
        return super().values() | {name: list(self.cleaned_data[name]) for name in ("features", "initiatives") if name in self.fields}
