"""The tests of access are awake: a view that forgets its rights turns them red."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import ROOT

# Reading every living row, marked as if rights had been applied: the guard is silent, so the matrix alone must notice.
MUTANTS = [
    ("prioritization/views/priorities.py", "Feature.objects.visible_to(request.user).for_list(), key=key", "feature-score"),
    ("core/api/resources.py", "visible_to(self.request.user)", "api-products-detail"),
    ("core/views/home.py", "Product.objects.visible_to(request.user), key=key", "scope"),
]
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", ".tools", "var", "node_modules", "__pycache__", "vendor", "drills", "browser")


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of the tree that may be broken."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("mutant") / "tree", ignore=LEFT_BEHIND, symlinks=True))


@pytest.mark.parametrize(("file", "text", "route"), MUTANTS, ids=[route for _, _, route in MUTANTS])
def test_a_view_that_forgets_its_rights_is_noticed(copy, tmp_path, file, text, route):
    whole = (copy / file).read_text()
    assert text in whole, f"{file} no longer says “{text}”: name another place here."
    (copy / file).write_text(
        whole.replace(
            text, text.replace("visible_to(request.user)", "alive().scoped()").replace("visible_to(self.request.user)", "alive().scoped()")
        )
    )
    try:
        done = matrix(copy, tmp_path, route)
    finally:
        (copy / file).write_text(whole)
    assert done.returncode == 1, f"The tests stayed green:\n{done.stdout[-2000:]}"
    assert re.search(r"\d+ failed", done.stdout), done.stdout[-2000:]


def matrix(tree: Path, data: Path, route: str) -> subprocess.CompletedProcess:
    """The matrix of one route in the copy, on SQLite, apart from the database of the tests that run now."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/architecture/test_access.py",
        "-q",
        "-k",
        f"answers_everybody and {route}",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(command, cwd=tree, env=kept | {"WAYMARK_DATA": str(data)}, capture_output=True, text=True, check=False)
