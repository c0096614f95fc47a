"""Reading and checking what people type about features."""

from django import forms

from core.forms import DateInput, ModelForm
from core.models import Product, User
from portfolio.models import Team
from roadmaps.models import Feature, Initiative, Release, Stage


class FeatureForm(ModelForm):
    """The facts of a feature."""

    class Meta:
        model = Feature
        fields = (
            "title", "description", "stage", "owner", "team", "initiative", "release", "kind", "effort_low", "effort_likely", "effort_high",
            "start_date", "target_date", "date_confidence",
        )  # fmt: skip
        widgets = {
            "start_date": DateInput(),
            "target_date": DateInput(),
            "description": forms.Textarea(attrs={"rows": 6}),
        }
        labels = {
            "effort_low": "Effort, low",
            "effort_likely": "likely",
            "effort_high": "high",
            "date_confidence": "How sure is the date?",
        }

    choices_for = {
        "stage": lambda user: Stage.objects.visible_to(user),
        "owner": lambda user: User.objects.visible_to(user).filter(is_active=True),
        "team": lambda user: Team.objects.visible_to(user),
        "initiative": lambda user: Initiative.objects.visible_to(user),
        "release": lambda user: Release.objects.visible_to(user),
    }


class NewFeatureForm(ModelForm):
    """What a feature needs to begin: a product and a title."""

    class Meta:
        model = Feature
        fields = ("product", "title", "description", "initiative", "kind")
        widgets = {"description": forms.Textarea(attrs={"rows": 6})}

    choices_for = {
        "product": lambda user: Product.objects.visible_to(user).filter(pk__in=user.rights.editable, archived_at=None),
        "initiative": lambda user: Initiative.objects.visible_to(user),
    }
