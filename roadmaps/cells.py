"""What stands in the cells of the grid. Parts that many rows share (a stage, a person) are drawn once per answer."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate

from core.custom_fields import alias, said
from core.markup import joined, markup
from core.models import CustomField, User
from core.rows import Row
from core.templatetags.waymark import money, score
from roadmaps.columns import Column
from roadmaps.effort import say_effort
from roadmaps.models import Feature, Stage
from roadmaps.models.plan import Status

LEVELS = {"low": 1, "medium": 2, "high": 3}
LINE = '<tr id="feature-{}" data-key="{}" data-version="{}">{}{}</tr>\n'
PLACE = '<td class="pick">{}</td>'
PICK = '<input class="form-check-input" type="checkbox" name="row" form="bulk" value="{}:{}" aria-label="Select {}">'
BLANK = mark_safe('<span class="blank">blank</span>')
NOTHING = mark_safe('<span class="blank">none</span>')
NOBODY = mark_safe('<span class="blank" title="nobody">–<span class="sr">nobody</span></span>')
NEAR_DAYS = 300  # a day this near needs no year


class Draw:
    """Draws cells for one person; `part` draws a component once for equal keys."""

    def __init__(self, user: User):
        self.sees_revenue = user.rights.sees("revenue")
        self.editable = user.rights.editable
        self.today = localdate()
        self.address = reverse("features")
        self.parts: dict[tuple, SafeString] = {}

    def day(self, day: date) -> str:
        """The day as narrow as it is clear: `27 Feb`, and `Feb 2029` where the year is not plain; whole for who copies it."""
        text = f"{day.day} {day:%b}" if abs((day - self.today).days) < NEAR_DAYS else f"{day:%b %Y}"
        return markup('<time datetime="{}">{}</time>', day.isoformat(), text)

    def age(self, since: date) -> str:
        """The days since then."""
        days = (self.today - since).days
        return markup('<data value="{}" title="since {} {}">{} d</data>', days, since.day, f"{since:%b %Y}", days)

    def rows(self, rows: Iterable[Row], columns: list[Column]) -> list[SafeString]:
        """The features as lines with these columns. Not by a template, which looks every word up anew for every cell."""
        ways: dict[int, list[tuple[SafeString, Callable]]] = {}
        drawn = []
        for row in rows:
            product, may = row.product_id, row.product_id in self.editable
            if product not in ways:
                ways[product] = [(_opening(column, may and column.is_of(product)), _way(column)) for column in columns]
            drawn.append(self._row(row, may, ways[product]))
        return drawn

    def _row(self, row: Row, is_editable: bool, ways: list[tuple[SafeString, Callable]]) -> SafeString:
        cells = joined("{}{}</td>", [(opening, cell(self, row)) for opening, cell in ways])
        pick = markup(PICK, row.pk, row.version, row.key) if is_editable else ""
        return markup(LINE, row.pk, row.key, row.version, markup(PLACE, pick) if self.editable else "", cells)

    def part(self, name: str, key: Any, context: Callable[[], dict]) -> SafeString:
        """The component as HTML."""
        found = self.parts.get((name, key))
        if found is None:
            found = self.parts[name, key] = get_template(f"components/{name}.html").render(context())
        return found


def _owner(f: Row) -> User:
    return User(pk=f.owner_id, name=f.owner__name)


def _opening(column: Column, is_editable: bool) -> SafeString:
    """The opening tag of a column's cells."""
    field = markup(' data-field="{}"', column.field) if column.field and is_editable else ""
    return markup('<td role="gridcell" tabindex="-1"{} class="{}">', field, column.classes)


def _key(draw: Draw, f: Row) -> str:
    return markup('<a class="fkey" data-panel href="{}{}/">{}</a>', draw.address, f.key, f.key)


def _demand(draw: Draw, f: Row) -> str:
    if not draw.sees_revenue:
        return str(f.demand_people)
    return markup('<span class="pair"><span>{}</span><span class="rev">{}</span></span>', f.demand_people, money(f.demand_revenue))


def _target(draw: Draw, f: Row) -> str:
    if f.target_date is None:
        return BLANK
    level = LEVELS.get(f.date_confidence, 0)
    return markup('<span class="pair">{}{}</span>', draw.day(f.target_date), draw.part("confidence", level, lambda: {"level": level}))


def _effort(draw: Draw, f: Row) -> str:
    said, whole = (say_effort(f.effort_low, f.effort_likely, f.effort_high, whole=whole) for whole in (False, True))
    if None in (f.effort_low, f.effort_likely, f.effort_high) or f.effort_likely * 2 == f.effort_low + f.effort_high:
        return said or BLANK
    return markup('<data value="{}">{}</data>', whole, said)


CELLS: dict[str, Callable[[Draw, Row], str]] = {
    "key": _key,
    "title": lambda draw, f: f.title,
    "product": lambda draw, f: f.product__name,
    "initiative": lambda draw, f: f.initiative__name or NOTHING,
    "stage": lambda draw, f: draw.part("stage", f.stage_id, lambda: {"stage": Stage(slug=f.stage__slug, name=f.stage__name)}),
    "status": lambda draw, f: Status(f.status).label,
    "owner": lambda draw, f: draw.part("person", f.owner_id, lambda: {"person": _owner(f)}) if f.owner_id else NOBODY,
    "team": lambda draw, f: f.team__name or NOTHING,
    "kind": lambda draw, f: Feature.Kind(f.kind).label,
    "score": lambda draw, f: score(f),
    "demand": _demand,
    "effort": _effort,
    "start_date": lambda draw, f: draw.day(f.start_date) if f.start_date else BLANK,
    "target_date": _target,
    "date_confidence": lambda draw, f: Feature.Confidence(f.date_confidence).label if f.date_confidence else BLANK,
    "release": lambda draw, f: f.release__version_name or NOTHING,
    "order": lambda draw, f: str(f.position),
    "people": lambda draw, f: str(f.demand_people),
    "accounts": lambda draw, f: str(f.demand_accounts),
    "revenue": lambda draw, f: markup('<data value="{}">{}</data>', f.demand_revenue, money(f.demand_revenue)),
    "completeness": lambda draw, f: f"{f.score_completeness:.0%}",
    "in_stage": lambda draw, f: draw.age(localdate(f.stage_since)),
    "created": lambda draw, f: draw.day(localdate(f.created_at)),
    "changed": lambda draw, f: draw.day(localdate(f.updated_at)),
}


def _way(column: Column) -> Callable[[Draw, Row], str]:
    """How the column's cells are drawn."""
    return CELLS[column.name] if column.custom is None else _custom(column.custom)


def _custom(field: CustomField) -> Callable[[Draw, Row], str]:
    """A custom field's value, as wide as its kind needs."""
    name, kind = alias(field), field.Kind(field.kind)

    def draw_cell(draw: Draw, f: Row) -> str:
        value = getattr(f, name)
        if value in (None, ""):
            return BLANK
        if kind == field.Kind.DATE:
            return draw.day(value)
        if kind == field.Kind.MONEY:
            return markup('<data value="{}">{}</data>', said(field, value), money(value))
        return said(field, value, value)

    return draw_cell
