"""Imports go downward, between apps and inside them, those inside functions included."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.world import OURS
from tests.installation import ROOT

MODULES = [path for app in (*OURS, "config") for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def test_every_contract_between_and_inside_the_apps_is_kept():
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " 0 broken" in done.stdout


def hidden_imports(source: str, is_apps: bool = False) -> Iterator[int]:
    """Lines of imports inside functions, those of AppConfig.ready apart."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not (is_apps and node.name == "ready"):
            yield from (inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))


def test_only_an_app_that_gets_ready_imports_inside_a_function():
    found = [f"{path.relative_to(ROOT)}:{line}" for path in MODULES for line in hidden_imports(path.read_text(), path.name == "apps.py")]
    assert found == []


def test_a_hidden_import_is_noticed():
    assert list(hidden_imports("def f():\n    import os\n")) == [2]
    assert list(hidden_imports("class A:\n    def ready(self):\n        import a.tiles\n", is_apps=True)) == []
