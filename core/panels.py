"""What core shows on every subject's page."""

from core.models import Versioned
from core.registry import Panel, register_panel
from core.reports import talk_about


def _comments(request, row: Versioned) -> dict | None:
    talk = talk_about(row, request.user)
    return None if talk is None else {"talk": talk}


register_panel(Panel(Versioned, "comments", 90, "core/comments_panel.html", _comments))
