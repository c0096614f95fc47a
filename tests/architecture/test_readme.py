"""The README promises nothing that is not there."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.strip().splitlines()]


def test_every_make_target_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\n ]|$)", "\n".join(COMMANDS) + "\n" + "\n".join(re.findall(r"`make ([^`]*)`", README))))
    assert {"run", "check", "test"} <= {command.split()[1] for command in COMMANDS if command.startswith("make ")}
    assert named <= targets | {"alone"}


def test_every_management_command_in_the_readme_exists():
    named = [command.split("manage.py ", 1)[1].split()[0] for command in COMMANDS if "manage.py " in command]
    assert named
    assert set(named) <= set(get_commands())


def test_every_file_the_readme_names_exists():
    for name in (".env.example", "Procfile", "CHANGELOG.md", "docker-compose.yml"):
        assert (ROOT / name).exists()
