"""Copy the front-end files we use out of exactly pinned npm packages into static/vendor.

Run by a developer after changing package.json (versions, icons) or the list below; needs npm. Afterwards static/vendor holds the
files, one icon sprite, every package's licence, and VENDOR.json with versions and SHA-256 sums that a test compares.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = VENDOR / "VENDOR.json"


@dataclass(frozen=True)
class Wanted:
    """What we take from one npm package: the folder it goes to and the files in the package."""

    package: str
    folder: str
    files: tuple[str, ...]


WANTED = (
    Wanted(
        "@fontsource-variable/inter", "inter", ("files/inter-latin-wght-normal.woff2", "files/inter-latin-ext-wght-normal.woff2", "LICENSE")
    ),
    Wanted("@tabler/icons", "tabler", ("LICENSE",)),
    Wanted("htmx.org", "htmx", ("dist/htmx.min.js", "LICENSE")),
    # What drawings are measured and written with on the server; browsers take the variable font above.
    Wanted("inter-ui", "inter-ui", ("web/Inter-Regular.woff2", "web/Inter-SemiBold.woff2", "LICENSE.txt")),
)

SOURCE_MAP = re.compile(rb"\n?(//[#@] ?sourceMappingURL=\S*|/\*[#@] ?sourceMappingURL=.*?\*/)\s*$")
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
FRAME = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
STROKES = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
SYMBOL = f'<symbol id="i-{{name}}" viewBox="0 0 24 24" {STROKES}>{{shapes}}</symbol>'

# Licence names that packages write differently from the SPDX list.
SPDX = {"BSD-0-Clause": "0BSD"}


def download(package: str, version: str, into: Path) -> Path:
    """The unpacked folder of the published package, fetched by the npm client."""
    answer = subprocess.run(
        ["npm", "pack", "--json", "--silent", f"{package}@{version}"], cwd=into, check=True, capture_output=True, text=True
    )
    archive = into / json.loads(answer.stdout)[0]["filename"]
    target = into / archive.stem
    with tarfile.open(archive) as packed:
        packed.extractall(target, filter="data")
    return target / "package"


def sprite(names: list[str], drawings: Path) -> str:
    """One SVG with <symbol id="i-name"> for every name; the page sets size, colour and line width."""
    symbols = []
    for name in names:
        drawing = DRAWING.search((drawings / f"{name}.svg").read_text(encoding="utf-8"))
        if drawing is None:
            raise SystemExit(f"The icon {name} holds no drawing.")
        shapes = re.sub(r"\s*\n\s*", "", FRAME.sub("", drawing[1])).replace(" />", "/>")
        symbols.append(SYMBOL.format(name=name, shapes=shapes.strip()))
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def place(wanted: Wanted, unpacked: Path) -> list[Path]:
    """Copy the wanted files, without source-map comments that name files we do not ship; returns what was written."""
    folder = VENDOR / wanted.folder
    folder.mkdir(parents=True)
    written = []
    for name in wanted.files:
        content = (unpacked / name).read_bytes()
        target = folder / Path(name).name.replace("LICENSE.txt", "LICENSE")
        target.write_bytes(SOURCE_MAP.sub(b"\n", content) if target.suffix in {".js", ".css"} else content)
        written.append(target)
    return written


def entry(package: str, version: str, licence: str, files: list[Path]) -> dict[str, object]:
    """The line of VENDOR.json about one package; paths are relative to static/vendor."""
    sums = {path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}
    return {"name": package, "version": version, "licence": licence, "files": sums}


def main() -> int:
    """Rebuild static/vendor from package.json: exact versions, and the names of the outline icons we use."""
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    pins = package["dependencies"]
    if set(pins) != {wanted.package for wanted in WANTED}:
        sys.exit("package.json and the list in scripts/vendor.py name different packages.")
    shutil.rmtree(VENDOR, ignore_errors=True)
    entries = []
    with tempfile.TemporaryDirectory() as scratch:
        for wanted in WANTED:
            version = pins[wanted.package]
            unpacked = download(wanted.package, version, Path(scratch))
            files = place(wanted, unpacked)
            if wanted.package == "@tabler/icons":
                drawn = VENDOR / "icons.svg"
                drawn.write_text(sprite(package["icons"], unpacked / "icons" / "outline"), encoding="utf-8")
                files.append(drawn)
            licence = json.loads((unpacked / "package.json").read_text(encoding="utf-8"))["license"]
            entries.append(entry(wanted.package, version, SPDX.get(licence, licence), files))
    MANIFEST.write_text(json.dumps({"packages": entries}, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"static/vendor: {len(entries)} packages, {len(package['icons'])} icons.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
