"""Releases from a file. A release is known again by its version."""

from collections.abc import Sequence
from typing import Any

from core.models import Product, User
from integrations.targets.base import REMOVED_FIRST, Field, Target, date
from roadmaps import services
from roadmaps.models import Release


def _find(user: User, product: Product | None, keys: Sequence[str]) -> dict[str, Release]:
    rows = Release._base_manager.filter(product=product, version_name__in=keys).select_related("product")
    return {row.version_name: row for row in rows.order_by(*REMOVED_FIRST)}


def _make(user: User, product: Product, rows: Sequence[dict[str, Any]]) -> list[Release]:
    return [services.create_release(actor=user, product=product, **row) for row in rows]


TARGET = Target[Release](
    kind="releases",
    noun="release",
    page="releases",
    needs_product=True,
    fields=(
        Field(
            "version_name", "Version", is_required=True, guesses=("version", "name", "release", "releasecycle", "cycle", "tag"), longest=40
        ),
        Field("day", "Date", read=date, guesses=("date", "day", "release date", "releasedate", "released")),
        Field("notes", "Notes", may_append=True, guesses=("notes", "description", "changelog")),
    ),
    find=_find,
    make=_make,
    change=lambda user, row, values: services.change_release(actor=user, release=row, **values),
    label=lambda values: values.get("version_name") or "",
)
