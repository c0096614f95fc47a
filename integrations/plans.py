"""A plan of reading, as `ImportMapping` describes it: checked before it is believed, because programs and files bring plans too."""

import io
from typing import Any

from core.exceptions import RuleBroken
from integrations.importing import MAKE
from integrations.tables import DELIMITERS, MOST_COLUMNS
from integrations.targets.base import Target

TEXTS = ("source", "encoding", "delimiter", "date_order")
KNOWN = {*TEXTS, "header", "defaults", "columns"}
ORDERS = ("", "dmy", "mdy")
LONGEST_SOURCE = 20


def checked(target: Target, plan: Any) -> dict[str, Any]:
    """The plan with what it leaves out filled in. Raises RuleBroken with a sentence that names what is wrong."""
    _must(isinstance(plan, dict), "A plan is an object, for instance {“columns”: {“0”: {“field”: “title”}}}.")
    for name in plan:
        _must(name in KNOWN, f"A plan has no “{str(name)[:40]}”. Known are {', '.join(sorted(KNOWN))}.")
    for name in TEXTS:
        _must(isinstance(plan.get(name, ""), str), f"“{name}” of a plan is a text.")
    found = {
        "source": plan.get("source", ""),
        "encoding": plan.get("encoding") or "utf-8",
        "delimiter": plan.get("delimiter") or ",",
        "date_order": plan.get("date_order", ""),
        "header": plan.get("header", True),
        "defaults": plan.get("defaults", {}),
        "columns": plan.get("columns", {}),
    }
    _must(_is_text_encoding(found["encoding"]), f"There is no encoding “{found['encoding'][:40]}”. Usual ones are utf-8 and cp1252.")
    _must(found["delimiter"] in DELIMITERS, "Columns are parted by a comma, a semicolon, a tab or a bar.")
    _must(found["date_order"] in ORDERS, "The order of dates is “dmy”, “mdy”, or blank to find out.")
    _must(isinstance(found["header"], bool), "“header” of a plan is true or false.")
    _must(len(found["source"]) <= LONGEST_SOURCE, f"“source” of a plan has at most {LONGEST_SOURCE} characters.")
    _check_defaults(target, found["defaults"])
    _check_columns(target, found["columns"])
    return found


def _check_defaults(target: Target, defaults: Any) -> None:
    _must(isinstance(defaults, dict), "“defaults” of a plan is an object of fields and texts.")
    for key, text in defaults.items():
        _must(target.field(key) is not None and isinstance(text, str), f"“{str(key)[:40]}” cannot be given a default. {_fields(target)}")


def _check_columns(target: Target, columns: Any) -> None:
    _must(isinstance(columns, dict), "“columns” of a plan is an object: the position of a column, counted from 0, and what it holds.")
    for position, column in columns.items():
        _must(
            isinstance(position, str) and position.isascii() and position.isdigit() and int(position[:5]) < MOST_COLUMNS,
            f"“{str(position)[:40]}” is no position of a column. They are counted from 0.",
        )
        _must(isinstance(column, dict), f"Column {position} of a plan is an object, for instance {{“field”: “title”}}.")
        known = target.field(str(column.get("field", "")))
        if known is None:
            raise RuleBroken(f"Column {position} holds a field there is none of. {_fields(target)}", "plan")
        _must(set(column) <= {"field", "append", "values", "unknown", "step"}, f"Column {position} says more than a column can.")
        step = column.get("step", "")
        is_told = isinstance(step, str) and bool(step) == known.has_step
        _must(is_told, f"“step” of column {position} is the short name of a stage, where it holds since when a row was in one.")
        append, values, unknown = column.get("append", ""), column.get("values", {}), column.get("unknown", "")
        can_make = known.make is not None and unknown == MAKE
        _must(unknown == "" or can_make, f"What is not known of {known.label.lower()} cannot be made: “unknown” is “make” where it can.")
        _must(isinstance(append, str) and (not append or known.may_append), f"Nothing can be added to {known.label.lower()}.")
        are_texts = isinstance(values, dict) and all(isinstance(meaning, str) for meaning in values.values())
        _must(are_texts, f"“values” of column {position} is an object: a word of the file, and the word it means here.")


def _fields(target: Target) -> str:
    return f"Fields of {target.kind} are {', '.join(field.key for field in target.fields)}."


def _is_text_encoding(name: str) -> bool:
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=name)
    except (LookupError, ValueError):
        return False
    return True


def _must(is_right: bool, sentence: str) -> None:
    if not is_right:
        raise RuleBroken(sentence, "plan")
