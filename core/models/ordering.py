"""An order both engines can index."""

from django.db.models import F
from django.db.models.expressions import OrderBy
from django.db.models.indexes import IndexExpression
from django.utils.deconstruct import deconstructible


@deconstructible(path="core.models.ordering.DescNullsLast")
class DescNullsLast(OrderBy):
    """Descending with blanks at the end. SQLite sorts so by itself and refuses to hear it in an index; PostgreSQL must be told."""

    def __init__(self, name: str):
        super().__init__(F(name) if isinstance(name, str) else name, descending=True, nulls_last=True)

    def as_sqlite(self, compiler, connection):
        plain = self.copy()
        plain.nulls_last = None
        return OrderBy.as_sql(plain, compiler, connection)


IndexExpression.register_wrappers(*IndexExpression.wrapper_classes, DescNullsLast)
