"""How history, search and undo speak of documents' rows."""

from django.urls import reverse

from core.registry import Subject, register_subject
from documents.models import Document, DocumentRevision, Template, TemplateRevision

register_subject(Subject(Template, "template", label=lambda t: t.name, icon="file-description"))
register_subject(
    Subject(TemplateRevision, "revision of a template", label=lambda r: f"{r.template.name}, revision {r.number}", undoable=False)
)
register_subject(
    Subject(
        Document,
        "document",
        label=str,
        url=lambda d: reverse("document", args=[d.pk]),
        text=lambda d: f"{d}\n{d.text}",
        icon="file-text",
        echoes=frozenset({"revision"}),
    )
)
register_subject(Subject(DocumentRevision, "revision", label=lambda r: f"{r.document}, revision {r.number}", undoable=False))
