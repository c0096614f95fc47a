#!/usr/bin/env python
"""Lists the licence of every locked dependency and every vendored file; ends with 1 when one is unknown or forbids us.

A package says its licence itself, by SPDX expression, classifier or free text, in this order. Where it says nothing usable, or its
licence is none of the permissive ones, REVIEWED holds what a person found and why it may stay.
"""

import importlib.metadata
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"runtime": ROOT / "requirements.lock", "development": ROOT / "requirements-dev.lock"}
VENDOR = ROOT / "static" / "vendor" / "VENDOR.json"

# Licences that ask for no more than a notice, or for the source of their own changed files (MPL-2.0, OFL-1.1).
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CNRI-Python",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "OFL-1.1",
    "PSF-2.0",
}

# How packages without an SPDX expression put it, in lower case.
SPDX = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause or apache-2.0": "BSD-3-Clause OR Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}

# Package: (licence, why it may stay). A copyleft tool is run, never shipped; a library of the product is never copyleft.
REVIEWED = {
    "axe-playwright-python": ("MIT AND MPL-2.0", "its LICENSE file; it bundles axe-core, which is MPL-2.0"),
    "colorama": ("BSD-3-Clause", "as its project states; installed on Windows alone"),
    "djlint": ("GPL-3.0-or-later", "run as a tool on our templates; no part of it is in the product"),
    "fido2": ("BSD-2-Clause AND Apache-2.0 AND MPL-2.0", "its COPYING files, one per vendored part"),
    "psycopg2-binary": ("LGPL-3.0-or-later WITH exceptions", "used unchanged as a separate, replaceable library, which the LGPL allows"),
    "pytest-django": ("BSD-3-Clause", "its LICENSE file"),
    "python-dateutil": ("Apache-2.0 OR BSD-3-Clause", "its LICENSE file: by the choice of whoever uses it"),
    "qrcode": ("BSD-3-Clause AND MIT", "its LICENSE file; the other classifier is about the name QR Code, a trade mark"),
    "resvg-py": ("MIT", "its LICENSE file; it holds resvg, under Apache-2.0 OR MIT"),
    "text-unidecode": ("Artistic-1.0-Perl OR GPL-2.0-or-later", "development only, under the Artistic License"),
    "tzdata": ("Apache-2.0", "as its project states; installed on Windows alone"),
}


@dataclass(frozen=True)
class Entry:
    """One thing we build on. `licence` is an SPDX expression, empty where unknown; `refusal` is empty where we may use it."""

    kind: str
    name: str
    version: str
    licence: str
    reason: str = ""

    @property
    def refusal(self) -> str:
        """Why we may not use it, as a sentence; empty where we may."""
        if not self.licence:
            return f"{self.name} {self.version} ({self.kind}) states no licence that is known here: read it and add it to REVIEWED."
        if self.kind != "development" and re.search(r"\bA?GPL", self.licence):
            return f"{self.name} {self.version} is under {self.licence}: no part of the product may be."
        if not self.reason and not is_permissive(self.licence):
            return f"{self.name} {self.version} ({self.kind}) is under {self.licence}, which is not on the list of permissive licences."
        return ""


def is_permissive(expression: str) -> bool:
    """Whether an SPDX expression can be met by permissive licences alone: one side of each OR, both of each AND."""
    if " OR " in expression:
        return any(is_permissive(side) for side in expression.split(" OR "))
    return all(part.strip(" ()") in PERMISSIVE for part in expression.split(" AND "))


def locked(lock: Path) -> dict[str, str]:
    """Version by name of everything a lock pins."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", lock.read_text(), re.MULTILINE))


def stated_licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """The licence a package states, as SPDX expression; empty where what it says is none we know."""
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [text.rsplit(" :: ", 1)[-1] for text in metadata.get_all("Classifier", []) if text.startswith("License :: ")]
    statements = classifiers or [(metadata.get("License") or "").strip()]
    known = [SPDX.get(text.lower(), text) for text in statements]
    return " AND ".join(known) if all(map(is_permissive, known)) else ""


def packages() -> list[Entry]:
    """Every locked package once; what both locks pin counts as runtime."""
    runtime, everything = locked(LOCKS["runtime"]), locked(LOCKS["development"]) | locked(LOCKS["runtime"])
    entries = []
    for name, version in sorted(everything.items()):
        kind = "runtime" if name in runtime else "development"
        if name in REVIEWED:
            entries.append(Entry(kind, name, version, *REVIEWED[name]))
            continue
        try:
            entries.append(Entry(kind, name, version, stated_licence(importlib.metadata.metadata(name))))
        except importlib.metadata.PackageNotFoundError:
            entries.append(Entry(kind, name, version, ""))
    return entries


def vendored() -> list[Entry]:
    """Every npm package of which a file lies in static/vendor."""
    return [Entry("vendored", item["name"], item["version"], item["licence"]) for item in json.loads(VENDOR.read_text())["packages"]]


def main() -> int:
    """Prints the list; 0 when we may use all of it."""
    entries = packages() + vendored()
    for entry in entries:
        print(f"{entry.kind:<12} {entry.name:<28} {entry.version:<14} {entry.licence or 'UNKNOWN':<44} {entry.reason}".rstrip())
    refusals = [entry.refusal for entry in entries if entry.refusal]
    print(f"\n{len(entries)} dependencies and vendored packages, {len(refusals)} of them not allowed.")
    for refusal in refusals:
        print(refusal, file=sys.stderr)
    return bool(refusals)


if __name__ == "__main__":
    sys.exit(main())
