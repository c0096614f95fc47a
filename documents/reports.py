"""What pages show of documents that is no row of one model."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from core import comparison
from core.models import User
from documents.live import render_live
from documents.models import Document, DocumentRevision
from documents.sections import Section


@dataclass(frozen=True)
class ShownSection:
    """A section as it is read; `guidance` says what belongs there, while it is empty."""

    heading: str
    html: SafeString
    guidance: str
    is_required: bool
    is_filled: bool


def shown_sections(document: Document, parts: list[Section], user: User) -> list[ShownSection]:
    """The sections as this person reads them, and after them those the template asks for and the document lacks."""
    asked = {section["heading"].casefold(): section for section in document.template.sections}
    there = {part.heading.casefold() for part in parts}
    lacking = [Section(section["heading"], "") for name, section in asked.items() if name not in there and section["is_required"]]
    return [
        ShownSection(
            heading=part.heading,
            html=render_live(part.text, document.feature, user),
            guidance=asked.get(part.heading.casefold(), {}).get("guidance", ""),
            is_required=asked.get(part.heading.casefold(), {}).get("is_required", False),
            is_filled=bool(part.text.strip()),
        )
        for part in [*parts, *lacking]
    ]


@dataclass(frozen=True)
class RevisionLine:
    """A revision in the list of versions, and the headings it changed."""

    revision: DocumentRevision
    headings: list[str]


def revision_lines(document: Document, user: User, most: int = 100) -> list[RevisionLine]:
    """The newest revisions, newest first."""
    rows = list(DocumentRevision.objects.visible_to(user).filter(document=document).select_related("author")[: most + 1])
    before = [*rows[1:], None]
    return [RevisionLine(row, _changed(older, row)) for row, older in zip(rows, before, strict=True)][:most]


def _changed(older: DocumentRevision | None, newer: DocumentRevision) -> list[str]:
    was, now = dict(older.parts if older else []), dict(newer.parts)
    return [heading or "the beginning" for heading in {**now, **was} if was.get(heading, "") != now.get(heading, "")]


@dataclass(frozen=True)
class ComparedSection:
    """A section of two revisions; `lines` is empty where nothing in it changed."""

    heading: str
    lines: list[comparison.Line]
    added: int
    removed: int


def compare_revisions(older: list[Section], newer: list[Section]) -> list[ComparedSection]:
    """Every section of either, in the newer one's order; sections that are gone come last."""
    was, now = dict(older), dict(newer)
    found = []
    for heading in {**now, **was}:
        lines = comparison.compare(was.get(heading, ""), now.get(heading, "")) if was.get(heading) != now.get(heading) else []
        found.append(ComparedSection(heading, lines, *comparison.count(lines)))
    return found
