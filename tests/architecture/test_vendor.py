"""static/vendor holds exactly what VENDOR.json and package.json say, and the pages ask for nothing else."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
PACKAGE = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
PACKAGES = json.loads((VENDOR / "VENDOR.json").read_text(encoding="utf-8"))["packages"]
APPS = ("core", "portfolio", "roadmaps", "feedback", "prioritization", "documents", "governance", "integrations")
SUMS = {path: digest for package in PACKAGES for path, digest in package["files"].items()}


def test_every_vendored_file_is_listed_with_its_sha_256():
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} - {"VENDOR.json"}
    assert present == set(SUMS), "Run scripts/vendor.py: a file is missing from static/vendor, or nobody listed it."
    changed = [path for path, digest in SUMS.items() if hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() != digest]
    assert changed == []


def test_the_vendored_versions_are_the_exact_pins_of_package_json():
    assert {package["name"]: package["version"] for package in PACKAGES} == PACKAGE["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in PACKAGE["dependencies"].values())


def test_every_vendored_package_brings_its_licence():
    without = [package["name"] for package in PACKAGES if not any(path.endswith("/LICENSE") for path in package["files"])]
    assert without == []
    assert all(package["licence"] for package in PACKAGES)


def test_no_vendored_script_or_style_names_a_source_map():
    named = [path for path in SUMS if path.endswith((".js", ".css")) and b"sourceMappingURL=" in (VENDOR / path).read_bytes()[-500:]]
    assert named == []


def test_the_sprite_holds_the_icons_of_package_json_all_named_and_no_other_is():
    drawn = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', (VENDOR / "icons.svg").read_text(encoding="utf-8")))
    assert drawn == set(PACKAGE["icons"])
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    sources = [path for folder in (*APPS, "static/js") for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".js"}]
    code = "".join(path.read_text(encoding="utf-8") for path in sources if "migrations" not in path.parts)
    named = set(re.findall(r'{% icon "([a-z0-9-]+)"', pages))
    named |= set(re.findall(r'\bicon(?:: str)? ?= ?"([a-z0-9-]+)"', code))
    assert named <= drawn, f"Add to package.json and run scripts/vendor.py: {sorted(named - drawn)}"
    spoken = named | set(re.findall(r'"([a-z0-9-]+)"', code))
    assert drawn <= spoken, f"Take out of package.json and run scripts/vendor.py: {sorted(drawn - spoken)}"


def test_no_style_sheet_but_the_fonts_names_another_file():
    css = ROOT / "static" / "css"
    naming = [
        path.name for path in css.rglob("*.css") if "url(" in path.read_text(encoding="utf-8") and path.name not in {"app.css", "fonts.css"}
    ]
    assert naming == [], "app.css is served as one file, so an address in a component would point to the wrong place."


def test_app_css_imports_every_style_sheet():
    css = ROOT / "static" / "css"
    imported = set(re.findall(r'@import url\("([^"]+)"\);', (css / "app.css").read_text(encoding="utf-8")))
    assert imported == {path.relative_to(css).as_posix() for path in css.rglob("*.css")} - {"app.css"}
