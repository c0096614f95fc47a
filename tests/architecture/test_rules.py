"""The code keeps our rules of secure code, and each rule would notice a breach."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import RULES, redirects_unchecked
from tests.architecture.world import OURS
from tests.installation import ROOT

FOLDERS = [folder for folder in (*OURS, "config", "deploy") if (ROOT / folder).is_dir()]
SOURCES = {path.relative_to(ROOT).as_posix(): path.read_text() for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))}
# For each rule a line that must make it fire, and the file it stands in.
FIRES = {
    "unscoped-read": ("roadmaps/views.py", "def page(request):\n    return Feature.objects.filter(pk=1)"),
    "mark-safe": ("roadmaps/views.py", "mark_safe(text)"),
    "all-fields": ("roadmaps/forms.py", "class Meta:\n    fields = '__all__'"),
    "http-client": ("integrations/fetch.py", "import requests"),
    "ring-outside-doorbell": ("roadmaps/services.py", "tasks.derive.delay()"),
    "host-in-address": ("core/mail.py", "request.build_absolute_uri('/')"),
    "raw-sql": ("roadmaps/services.py", "cursor.execute('SELECT ' + name)"),
    "unsafe-loading": ("integrations/files.py", "import pickle"),
    "whole-row-save": ("roadmaps/services.py", "feature.save()"),
    "csrf-exempt": ("integrations/views.py", "@csrf_exempt\ndef hook(request): pass"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_code_keeps(rule):
    assert [place for path, source in SOURCES.items() for place in rule.broken(path, source)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_breach_is_noticed_of(rule):
    assert list(rule.broken(*FIRES[rule.name])) != []


def test_no_redirect_goes_where_a_request_says_unchecked():
    assert [path for path, source in SOURCES.items() if redirects_unchecked(source)] == []
    assert redirects_unchecked('redirect(request.GET.get("next"))')


def test_the_linter_notices_what_is_insecure(tmp_path):
    """Bandit's checks, which ruff makes with the rest of lint: our own configuration leaves them on."""
    bad = tmp_path / "bad.py"
    bad.write_text("import hashlib, subprocess\nsubprocess.call('ls ' + name, shell=True)\neval(name)\nhashlib.md5(name)\n")
    ruff = [Path(sys.executable).with_name("ruff"), "check", "--config", ROOT / "pyproject.toml", "--output-format", "concise", bad]
    said = subprocess.run(ruff, capture_output=True, text=True, check=False).stdout
    assert [code for code in ("S602", "S307", "S324") if code not in said] == []
