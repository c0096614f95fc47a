"""Pages of documents."""

from documents.views.documents import change_state, delete, document, documents, new_document
from documents.views.releases import release_retrospective
from documents.views.templates import delete_template, new_template, template, templates
from documents.views.versions import restore, version, versions
from documents.views.writing import discard_draft, draft, settle

__all__ = [
    "change_state", "delete", "delete_template", "discard_draft", "document", "documents", "draft", "new_document", "new_template",
    "release_retrospective", "restore", "settle", "template", "templates", "version", "versions",
]  # fmt: skip
