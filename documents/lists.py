"""Which rows the saved views of the list of documents have."""

from django.db.models import QuerySet
from django.http import QueryDict

from core.models import Product, User
from core.registry import ListPage, register_list_page
from documents.filters import DocumentFilter
from documents.models import Document


def _documents(user: User, query: QueryDict, product: Product | None) -> QuerySet:
    rows = Document.objects.visible_to(user)
    return DocumentFilter(query, user=user).narrow(rows.filter(feature__product=product) if product else rows)


register_list_page(ListPage("documents", Document, _documents))
