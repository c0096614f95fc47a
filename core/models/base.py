"""What every model of Waymark is made of."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from core import clock
from core.guard import note_read


class ScopedQuerySet(models.QuerySet):
    """A queryset that remembers whether rights were applied to it.

    During a request an evaluation without rights is a leak waiting to happen; the guard (core.guard) raises on it in tests.
    """

    _is_scoped = False

    def _clone(self):
        clone = super()._clone()
        clone._is_scoped = self._is_scoped
        return clone

    def scoped(self) -> Self:
        """Mark that rights were applied. Called by `visible_to` implementations only."""
        clone = self._chain()
        clone._is_scoped = True
        return clone

    def alive(self) -> Self:
        """Without what was deleted."""
        return self.filter(deleted_at=None)

    def visible_to(self, user) -> Self:
        """The rows this person may know of."""
        raise NotImplementedError

    def _fetch_all(self):
        if self._result_cache is None:
            note_read(self)
        super()._fetch_all()

    def count(self):
        note_read(self)
        return super().count()

    def exists(self):
        note_read(self)
        return super().exists()

    def aggregate(self, *args, **kwargs):
        note_read(self)
        return super().aggregate(*args, **kwargs)

    def iterator(self, *args, **kwargs):
        note_read(self)
        return super().iterator(*args, **kwargs)


class ProductScoped(ScopedQuerySet):
    """Rows that hang on one product: seen by who sees the product."""

    product_path = "product"

    def visible_to(self, user) -> Self:
        """The living rows of the products this person sees."""
        return self.alive().ever_visible_to(user)

    def ever_visible_to(self, user) -> Self:
        """Those of the products this person sees today, deleted ones too: what the past is read from."""
        return self.filter(**{f"{self.product_path}_id__in": user.rights.visible}).scoped()


class Identifying(ScopedQuerySet):
    """Rows by which somebody comes in: a person, a token, an invitation."""

    def for_sign_in(self) -> Self:
        """The rows that say who somebody is: looked up before there is anybody whose rights could be asked for."""
        return self.scoped()


class OrganisationScoped(ScopedQuerySet):
    """Rows of the whole organisation: seen by every member, not by guests."""

    def visible_to(self, user) -> Self:
        """The living rows, for every member but guests."""
        return (self.alive() if user.rights.is_member else self.none()).scoped()


class Own(ScopedQuerySet):
    """Rows that are one person's own affair: `user` says whose."""

    def visible_to(self, user) -> Self:
        """One's own."""
        return self.filter(user=user).scoped()


class Recorded(models.Model):
    """A model whose changes are recorded as Change rows by `core.writes`."""

    # Fields no Change carries: they follow from others, or are the record's own bookkeeping.
    unrecorded: ClassVar[frozenset[str]] = frozenset({"id", "version", "created_at", "updated_at"})
    # Columns a registered derivation step of an upper floor fills; in no form, serializer input or service.
    derived: ClassVar[frozenset[str]] = frozenset()
    # The relation, or the way over several, to the row whose product decides who sees this one; blank where that is the row itself.
    rights_through: ClassVar[str] = ""
    # Numbers that only ever rise: taking a change back does not lower them.
    rising: ClassVar[frozenset[str]] = frozenset()
    # False where values may never travel (ratings of an unrevealed round, pulse answers): only the fact is recorded.
    records_values: ClassVar[bool] = True

    class Meta:
        abstract = True

    @classmethod
    def recorded_fields(cls) -> tuple[models.Field, ...]:
        """The concrete fields whose values a Change carries."""
        found = cls.__dict__.get("_recorded_fields")
        if found is None:
            skip = cls.unrecorded | cls.derived
            found = cls._recorded_fields = tuple(f for f in cls._meta.concrete_fields if f.name not in skip)
        return found

    @property
    def product_for_rights(self) -> int | None:
        """The id of the product whose visibility decides who may see this row's changes; None: the organisation's."""
        row: Any = self
        for relation in filter(None, self.rights_through.split("__")):
            row = getattr(row, relation)
        return getattr(row, "product_id", None)


class Versioned(Recorded):
    """A row people edit: its version is checked inside every UPDATE; deleting keeps it, marked."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def plain(field: models.Field, value: Any) -> Any:
    """The value as JSON keeps it, so that `field.to_python` gives it back."""
    if value is None or isinstance(value, bool | int | list | dict):
        return value
    return field.value_to_string(_Holder(field.attname, value)) if not isinstance(value, str) else value


class _Holder:
    """Carries one value to `Field.value_to_string`, which reads it from an object."""

    def __init__(self, name: str, value: Any):
        setattr(self, name, value)


LIVING = Q(deleted_at=None)
