"""What prioritization shows on a feature's page."""

from core.registry import Panel, register_panel
from prioritization.reports import explain_score
from roadmaps.models import Feature


def _score(request, feature: Feature) -> dict | None:
    report = explain_score(feature, request.user)
    return None if report is None else {"feature": feature, "report": report}


register_panel(Panel(Feature, "score", 20, "prioritization/score_panel.html", _score))
