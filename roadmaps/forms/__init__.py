"""What people type about the plan, read and checked: its rows, and how it is shown and dragged."""

from roadmaps.forms.audiences import AudienceForm
from roadmaps.forms.plan import (
    AnswerForm,
    BulkForm,
    CellsForm,
    DependencyForm,
    FeatureForm,
    InitiativeForm,
    NeedForm,
    NewFeatureForm,
    OrderForm,
    ReleaseForm,
    ServesForm,
    StageForm,
    Unread,
    WhyForm,
)
from roadmaps.forms.roadmaps import HorizonMove, LinkForm, MoveForm, RoadmapForm, SnapshotForm, StageMove, TellingForm
from roadmaps.forms.sharing import LinkPasswordForm, ShareLinkForm

__all__ = [
    "AnswerForm", "AudienceForm", "BulkForm", "CellsForm", "DependencyForm", "FeatureForm", "HorizonMove", "InitiativeForm", "LinkForm",
    "LinkPasswordForm", "MoveForm", "NeedForm", "NewFeatureForm", "OrderForm", "ReleaseForm", "RoadmapForm", "ServesForm",
    "ShareLinkForm", "SnapshotForm", "StageForm", "StageMove", "TellingForm", "Unread", "WhyForm",
]  # fmt: skip
