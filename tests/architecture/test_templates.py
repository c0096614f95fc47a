"""Templates keep the strict content security policy and their size; style sheets keep their one home for colours."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.world import OURS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
TEXTS = sorted((ROOT / "templates").rglob("*.txt"))
MODULES = sorted((ROOT / "static" / "js").glob("*.js"))
FORBIDDEN = {
    "an inline style": re.compile(r"<style|\sstyle\s*="),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|\shx-on"),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)"),
    "JavaScript in an attribute": re.compile(r"javascript:|=[\"']js:"),
    "a foreign address": re.compile(r"(?:src|href|action)=[\"']?(?:https?:)?//"),
}

UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|{%-?\s*autoescape\s+off\b|{%-?\s*filter\s+[^%]*\bsafe(?:seq)?\b")
# How often a template writes what it was given without escaping it, and why that is no danger.
ALLOWED_UNESCAPED = {
    # A field's help: a text of our forms, or the list Django's password validators make and escape; nobody types it.
    "templates/components/field.html": 2,
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    assert [name(path) for path in TEMPLATES if FORBIDDEN[what].search(path.read_text(encoding="utf-8"))] == []


def test_no_page_writes_what_it_was_given_unescaped():
    found = {name(path): len(UNESCAPED.findall(path.read_text(encoding="utf-8"))) for path in TEMPLATES}
    assert {path: times for path, times in found.items() if times} == ALLOWED_UNESCAPED


def test_only_plain_mail_is_left_unescaped():
    """What is no HTML has nothing to escape; all of it is mail."""
    unescaped = [path for path in TEXTS if UNESCAPED.search(path.read_text(encoding="utf-8"))]
    assert [name(path) for path in unescaped if path.parent.name not in ("email", "mail")] == []


@pytest.mark.parametrize(
    "text", ["{{ a|safe }}", "{{ a | safe }}", "{{ a|safeseq|join:', ' }}", "{% autoescape off %}", "{% filter safe %}"]
)
def test_an_unescaped_value_is_noticed(text):
    assert UNESCAPED.search(text)
    assert not UNESCAPED.search("{{ a|escape }}{% autoescape on %}{{ safe }}")


def test_the_help_of_our_forms_is_our_own_text():
    """It is written unescaped, so no form makes it of what people typed."""
    sources = [path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "forms" in path.parts or path.stem == "forms"]
    sources += [path for folder in OURS for path in (ROOT / folder).rglob("models/*.py")]
    made = [f"{name(path)}:{node.lineno}" for path in sources for node in made_helps(ast.parse(path.read_text(encoding="utf-8")))]
    assert made == []


def made_helps(tree: ast.AST) -> Iterator[ast.AST]:
    """Where `help_text` is given anything but a text in the code or the help of Django's validators."""
    ours = (ast.Constant, ast.Dict)
    for node in ast.walk(tree):
        pairs = [(k.arg, k.value) for k in node.keywords] if isinstance(node, ast.Call) else []
        if isinstance(node, ast.Assign):
            pairs = [(getattr(t, "attr", getattr(t, "id", "")), node.value) for t in node.targets]
        for named, value in pairs:
            is_ours = isinstance(value, ours) or (isinstance(value, ast.Name) and value.id == "password_validators_help_text_html")
            is_ours = is_ours or (isinstance(value, ast.Call) and getattr(value.func, "id", "") == "password_validators_help_text_html")
            if named in ("help_text", "help_texts") and not is_ours:
                yield value
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "help_texts" for t in node.targets):
            yield from (value for value in getattr(node.value, "values", ()) if not isinstance(value, ast.Constant))


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
