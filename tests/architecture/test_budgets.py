"""Nothing grows beyond what one reads at a sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.world import OURS
from tests.installation import ROOT

FILE, FUNCTION, VIEW = 400, 50, 25
PYTHON = [
    path for folder in (*OURS, "config", "tests", "scripts", "benchmarks", "deploy") for path in sorted((ROOT / folder).rglob("*.py"))
]
PYTHON = [path for path in PYTHON if "migrations" not in path.parts]


def is_view(path: Path) -> bool:
    return path.name == "views.py" or "views" in path.parts


def long_functions(source: str, most: int) -> Iterator[tuple[str, int]]:
    """Name and length of each function longer than this, decorators apart."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > most:
            yield node.name, node.end_lineno - node.lineno + 1


def test_a_file_has_at_most_400_lines():
    sizes = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in PYTHON}
    assert {name: size for name, size in sizes.items() if size > FILE} == {}


def test_a_function_has_at_most_50_lines():
    assert {f"{p.relative_to(ROOT)}:{name}": size for p in PYTHON for name, size in long_functions(p.read_text(), FUNCTION)} == {}


def test_a_view_has_at_most_25_lines():
    views = [path for path in PYTHON if is_view(path) and "tests" not in path.parts]
    assert views
    assert {f"{p.relative_to(ROOT)}:{name}": size for p in views for name, size in long_functions(p.read_text(), VIEW)} == {}


def test_a_long_function_is_noticed():
    assert list(long_functions("def f():\n" + "    pass\n" * 50, FUNCTION)) == [("f", 51)]
