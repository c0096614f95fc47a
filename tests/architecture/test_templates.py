"""Templates keep the strict content security policy and their size; style sheets keep their one home for colours."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
MODULES = sorted((ROOT / "static" / "js").glob("*.js"))
FORBIDDEN = {
    "an inline style": re.compile(r"<style|\sstyle\s*="),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|\shx-on"),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)"),
    "JavaScript in an attribute": re.compile(r"javascript:|=[\"']js:"),
    "a foreign address": re.compile(r"(?:src|href|action)=[\"']?(?:https?:)?//"),
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    assert [name(path) for path in TEMPLATES if FORBIDDEN[what].search(path.read_text(encoding="utf-8"))] == []


def test_templates_have_at_most_150_lines_and_modules_and_styles_at_most_400():
    sized = [(path, 150) for path in TEMPLATES] + [(path, 400) for path in [*STYLES, *MODULES]]
    assert [name(path) for path, most in sized if len(path.read_text(encoding="utf-8").splitlines()) > most] == []


def test_raw_colours_stand_in_the_tokens_alone():
    colour = re.compile(r"(?<![\w&-])#(?:[0-9a-fA-F]{3,4}){1,2}\b|\brgba?\(|\bhsla?\(")
    with_colours = [name(path) for path in STYLES if path.name != "tokens.css" and colour.search(path.read_text(encoding="utf-8"))]
    assert with_colours == []


def test_no_module_evaluates_text_or_writes_style_attributes():
    evaluating = re.compile(r"\beval\(|new Function|setAttribute\(\s*[\"']style|\.cssText|\.innerHTML\s*\+=")
    assert [name(path) for path in MODULES if evaluating.search(path.read_text(encoding="utf-8"))] == []
