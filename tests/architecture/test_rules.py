"""The code keeps our rules of secure code, bandit finds nothing of weight, and each rule would notice."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import RULES, redirects_unchecked
from tests.architecture.world import OURS
from tests.installation import ROOT

FOLDERS = [folder for folder in (*OURS, "config", "deploy") if (ROOT / folder).is_dir()]
OURS_HERE = [folder for folder in FOLDERS if folder != "deploy"]  # whose paths are a container's own
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


def test_bandit_finds_nothing_of_medium_weight_or_more(tmp_path):
    bandit = [Path(sys.executable).with_name("bandit"), "-q", "-ll", "-r", *OURS_HERE, "-x", "*/migrations/*", "-s", "B608,B703,B308"]
    done = subprocess.run(bandit, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    bad = tmp_path / "bad.py"
    bad.write_text("import subprocess\nsubprocess.call('ls ' + name, shell=True)\n")
    assert subprocess.run([bandit[0], "-q", "-ll", bad], capture_output=True, check=False).returncode == 1
