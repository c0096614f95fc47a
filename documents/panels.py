"""What documents shows on the pages of features and releases."""

from core.registry import Panel, register_panel
from documents.models import Document, Template
from roadmaps.models import Feature, Release
from roadmaps.permissions import can_change_release

RETROSPECTIVE = "Retrospective"  # the template offered first


def _documents(request, feature: Feature) -> dict | None:
    """The feature's documents and the templates one could begin; nothing where there is neither."""
    rows = list(Document.objects.visible_to(request.user).filter(feature=feature).select_related("template", "feature").order_by("pk"))
    begun = [row.template_id for row in rows]
    can_edit = feature.product_id in request.user.rights.editable
    templates = list(Template.objects.visible_to(request.user).exclude(pk__in=begun)) if can_edit else []
    return {"feature": feature, "documents": rows, "templates": templates} if rows or templates else None


def _retrospective(request, release: Release) -> dict | None:
    """What was written when looking back on a release that was shipped, or the templates it could be begun from."""
    if release.state == Release.State.PLANNED or not request.user.rights.sees("internal"):
        return None
    can_begin = not release.retrospective and can_change_release(request.user, release.product_id)
    templates = list(Template.objects.visible_to(request.user)) if can_begin else []
    templates.sort(key=lambda template: template.name != RETROSPECTIVE)
    return {"release": release, "templates": templates}


register_panel(Panel(Release, "retrospective", 40, "documents/retrospective.html", _retrospective))
register_panel(Panel(Feature, "documents", 40, "documents/panel.html", _documents))
