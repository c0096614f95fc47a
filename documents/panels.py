"""What documents shows on a feature's page."""

from core.registry import Panel, register_panel
from documents.models import Document, Template
from roadmaps.models import Feature


def _documents(request, feature: Feature) -> dict | None:
    """The feature's documents and the templates one could begin; nothing where there is neither."""
    rows = list(Document.objects.visible_to(request.user).filter(feature=feature).select_related("template", "feature").order_by("pk"))
    begun = [row.template_id for row in rows]
    can_edit = feature.product_id in request.user.rights.editable
    templates = list(Template.objects.visible_to(request.user).exclude(pk__in=begun)) if can_edit else []
    return {"feature": feature, "documents": rows, "templates": templates} if rows or templates else None


register_panel(Panel(Feature, "documents", 40, "documents/panel.html", _documents))
