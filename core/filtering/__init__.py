"""Filters as text and as trees: `stage:delivery score>70 owner:me -tag:infra`. Pages, saved views and the API speak the same language."""

from core.filtering.custom import custom_filter
from core.filtering.fields import Age, Choice, Day, Field, Flag, Moment, Number, Reader, Rows, Text
from core.filtering.filters import Chip, Filter
from core.filtering.syntax import Compare, Either, Every, FilterError, Node, Not, Words, read, say

__all__ = [
    "Age",
    "Chip",
    "Choice",
    "Compare",
    "Day",
    "Either",
    "Every",
    "Field",
    "Filter",
    "FilterError",
    "Flag",
    "Moment",
    "Node",
    "Not",
    "Number",
    "Reader",
    "Rows",
    "Text",
    "Words",
    "custom_filter",
    "read",
    "say",
]  # fmt: skip
