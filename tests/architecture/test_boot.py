"""A team's installation starts safely or not at all."""

import os
import secrets
import subprocess
import sys

import pytest

from tests.installation import ROOT

SAFE = {
    "PRODUCTION": "true",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "waymark.example.com",
    "PUBLIC_BASE_URL": "https://waymark.example.com",
    "MAIL_URL": "smtp://mail.example.com:587",
}
KEPT = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")}


def check(folder, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """`manage.py check` under these settings."""
    given = {name: value for name, value in (KEPT | environment | {"WAYMARK_DATA": str(folder)}).items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "too-short-to-be-safe"}, "too short"),
        ({"SECRET_KEY": "please-changeme-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2}, "well-known word"),
        ({"DEBUG": "true"}, "Turn DEBUG off"),
        ({"ALLOWED_HOSTS": "*"}, "wildcard"),
        ({"ALLOWED_HOSTS": "waymark.example.com,*.example.com"}, "wildcard"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is not set"),
    ],
    ids=["no secret", "empty secret", "short secret", "known secret", "debug", "any host", "a wildcard among hosts", "no hosts"],
)
def test_an_unsafe_setting_stops_the_start_with_a_sentence(tmp_path, changed, says):
    done = check(tmp_path, **SAFE | changed)
    assert done.returncode != 0
    assert says in done.stderr


def test_safe_settings_start(tmp_path):
    done = check(tmp_path, **SAFE)
    assert done.returncode == 0, done.stderr


def test_djangos_own_check_of_a_deployment_finds_nothing(tmp_path):
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", **SAFE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 silenced" in done.stdout + done.stderr
