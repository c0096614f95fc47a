"""Days as an iCalendar file, as RFC 5545 says, on plain values."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

WIDTH = 75  # octets of a line, its end apart (RFC 5545, 3.1)
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})  # 3.3.11


class Entry(NamedTuple):
    """Whole days, both ends included. `uid` stays the same however the entry changes; `is_firm` marks what is no plan any more."""

    uid: str
    first: date
    last: date
    title: str
    text: str
    url: str
    changed: datetime
    is_firm: bool = False


def write(name: str, entries: Iterable[Entry]) -> str:
    """The calendar of these entries. The same entries give the same text, so that it can be compared by its digest."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Waymark//Plan//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_text(name)}")
    for entry in entries:
        changed = f"{entry.changed.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{changed}",
            f"LAST-MODIFIED:{changed}",
            f"DTSTART;VALUE=DATE:{entry.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.last + timedelta(days=1):%Y%m%d}",  # the day after the last one (3.6.1)
            f"SUMMARY:{_text(entry.title)}",
            f"DESCRIPTION:{_text(entry.text)}",
            f"URL:{entry.url}",
            f"STATUS:{'CONFIRMED' if entry.is_firm else 'TENTATIVE'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _text(text: str) -> str:
    return "".join(sign for sign in text if sign >= " " or sign == "\n").translate(ESCAPES)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, each but the first after a blank; no character is cut."""
    pieces, piece, width = [], "", WIDTH
    for sign in line:
        if len((piece + sign).encode()) > width:
            pieces.append(piece)
            piece, width = "", WIDTH - 1
        piece += sign
    return "\r\n ".join([*pieces, piece])
