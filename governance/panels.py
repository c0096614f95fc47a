"""What governance shows on the pages of features and documents."""

from core.registry import Panel, register_panel
from documents.models import Document
from governance.models import Waiver
from governance.reports import check_states, decisions_about, next_stage
from roadmaps.models import Feature


def _checks(request, feature: Feature) -> dict | None:
    """The checks of the next stage and how the feature stands; nothing where the stage asks for nothing."""
    user = request.user
    stage = next_stage(feature, user)
    states = check_states(feature, stage, user) if stage else []
    waived = list(Waiver.objects.visible_to(user).filter(feature=feature).select_related("by", "check_passed__stage")[:5])
    if not states and not waived:
        return None
    met = sum(not state.sentence for state in states)
    is_blocked = any(state.sentence and state.check.is_blocking for state in states)
    return {
        "feature": feature, "stage": stage, "states": states, "met": met, "is_blocked": is_blocked, "waived": waived,
        "can_edit": feature.product_id in user.rights.editable, "sees_reasons": user.rights.sees("internal"),
    }  # fmt: skip


def _of_document(request, document: Document) -> dict | None:
    stage = next_stage(document.feature, request.user)
    states = check_states(document.feature, stage, request.user) if stage else []
    return {"stage": stage, "states": states, "met": sum(not state.sentence for state in states)} if states else None


def _decisions(request, feature: Feature) -> dict | None:
    rows = decisions_about(feature, request.user)
    return {"feature": feature, "decisions": rows} if rows else None


register_panel(Panel(Feature, "checks", 45, "governance/checks_panel.html", _checks))
register_panel(Panel(Feature, "decisions", 50, "governance/decisions_panel.html", _decisions))
register_panel(Panel(Document, "checks", 10, "governance/document_checks.html", _of_document))
