"""Fields an organisation adds to what Waymark keeps of a thing, and the values they hold."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from core.models.base import ProductScoped, ScopedQuerySet, Versioned
from core.models.people import Product, User


class CustomFieldQuerySet(ScopedQuerySet):
    def visible_to(self, user) -> Self:
        """The living fields of everywhere and of the products this person sees, without internal ones for who sees nothing internal."""
        seen = self.alive().filter(Q(product=None) | Q(product_id__in=user.rights.visible))
        return (seen if user.rights.sees("internal") else seen.filter(is_internal=False)).scoped()

    def of(self, subject: str, product_id: int) -> Self:
        """Those that rows of this kind have at the product."""
        return self.filter(Q(product=None) | Q(product_id=product_id), subject=subject)


class CustomField(Versioned):
    """A field of an organisation's own on every row of a kind, or on those of one product.

    `subject` is the kind of row as the record names it (`roadmaps.feature`); `key` the word of filters, imports and the API, which stays
    when the label changes, and begins with the product's key where the field is one product's: in a list of many a word means one thing.
    `choices` are `{"id": …, "label": …}` in their order: values hold the id, so a choice may be renamed.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        MONEY = "money", "Money"
        DATE = "date", "Date"
        CHOICE = "choice", "Choice"
        PERSON = "person", "Person"
        FLAG = "flag", "Yes or no"

    subject = models.CharField(max_length=60, editable=False)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False)
    key = models.CharField("word", max_length=40, editable=False)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind, editable=False)
    choices = models.JSONField(default=list, blank=True)
    hint = models.CharField(max_length=200, blank=True)
    is_internal = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "key"], condition=Q(deleted_at=None), name="custom_field_word_once",
                violation_error_message="There is a field of this word already. Choose another word.",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="custom_field_word_form",
                violation_error_message="A word is small letters, digits and underscores, beginning with a letter: risk_level.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    def choice_label(self, choice: int) -> str:
        """The choice in words; empty where it is known no more."""
        return next((known["label"] for known in self.choices if known["id"] == choice), "")

    @property
    def column(self) -> str:
        """The column of `CustomValue` that holds its values."""
        return COLUMN[self.Kind(self.kind)]

    @property
    def blank(self) -> str | None:
        """What that column holds where the field is blank."""
        return "" if self.kind == self.Kind.TEXT else None


COLUMN = {
    CustomField.Kind.TEXT: "text",
    CustomField.Kind.NUMBER: "number",
    CustomField.Kind.MONEY: "number",
    CustomField.Kind.DATE: "day",
    CustomField.Kind.CHOICE: "choice",
    CustomField.Kind.PERSON: "person",
    CustomField.Kind.FLAG: "flag",
}


class CustomValueQuerySet(ProductScoped):
    def ever_visible_to(self, user) -> Self:
        """Those of the products this person sees, of fields this person may know of."""
        return super().ever_visible_to(user).filter(field__in=CustomField.objects.visible_to(user)).select_related("field")

    def filled(self) -> Self:
        """Those that hold something."""
        blank = Q(text="", number=None, day=None, choice=None, person=None, flag=None)
        return self.exclude(blank)


class CustomValue(Versioned):
    """What one row holds in one custom field, in the column of the field's kind, which is empty where the field was left blank again.

    `product` is the row's own, which decides who sees the value.
    """

    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="+", editable=False)
    subject_id = models.BigIntegerField(editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", editable=False)
    text = models.CharField(max_length=500, blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    day = models.DateField("date", null=True, blank=True)
    choice = models.PositiveIntegerField(null=True, blank=True)
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    flag = models.BooleanField("yes or no", null=True, blank=True)

    objects = CustomValueQuerySet.as_manager()

    class Meta:
        # The unique index of field and row serves filters and sorting; that of rows the window of a list.
        constraints = [
            models.UniqueConstraint(
                fields=["field", "subject_id"], name="custom_value_once",
                violation_error_message="Somebody filled this field at the same moment. Look at what they wrote, then try again.",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["subject_id", "field"], name="custom_value_of_rows")]  # the panel and the grid's window

    def __str__(self) -> str:
        return self.field.label

    @property
    def held(self) -> str | Decimal | date | int | bool | None:
        """The value itself, a person by id, a choice by its id; None for blank."""
        found = getattr(self, self._meta.get_field(self.field.column).attname)
        return None if found == "" else found
