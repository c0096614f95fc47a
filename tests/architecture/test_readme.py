"""The README promises nothing that is not there, and a test runs every command in it."""

import re
import shlex
import subprocess

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.readme import BESIDE, COMMANDS, CONTAINERS, README, ROOT, SIGN_INS, START, SUITE

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# What may follow each `docker compose` command before the names of services.
FLAGS = {
    "up": {"--detach", "--wait"},
    "build": {"--pull"},
    "exec": set(),
    "cp": set(),
    "run": {"--rm", "--no-deps", "-T"},
}
PICTURE_BYTES = 200_000


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_run_by_a_test_or_read_by_one(command):
    assert sum(command in kind for kind in (CONTAINERS, SUITE, START, BESIDE)) == 1


def test_the_readme_tells_how_to_start_to_work_to_back_up_and_to_restore():
    said = "\n".join(COMMANDS)
    for needed in ("make run", "make check", "make test", "manage.py backup", "manage.py restore", "manage.py invite", "docker compose up"):
        assert needed in said
    assert len(SIGN_INS) >= 4


@pytest.mark.parametrize("command", SUITE)
def test_the_suites_commands_run_the_suite(command):
    """They cannot be run from inside themselves: what they would do is read, and that the change's own check does it."""
    plan = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "scripts/test.py" in plan
    assert "make test" in (ROOT / ".ci/run").read_text()


@pytest.mark.parametrize("command", [command for command in CONTAINERS if command.startswith("docker")])
def test_every_command_for_containers_fits_the_compose_file(command):
    """Read as text: there is no container engine here."""
    _, _, verb, *words = shlex.split(command.partition(" < ")[0])
    flags = [word for word in words if word.startswith("-") and word in FLAGS[verb]]
    rest = words[len(flags) :]
    assert words[: len(flags)] == flags
    if verb in ("up", "build"):
        assert set(rest) <= set(SERVICES)
    elif verb == "cp":
        assert rest[0].partition(":")[0] in SERVICES
    else:
        assert rest[0] in SERVICES
        assert_manages(" ".join(rest[1:]))


def assert_manages(line: str) -> None:
    """The line names a management command, with arguments it takes."""
    name, *arguments = shlex.split(re.search(r"python manage\.py ([^&]+)", line)[1].strip("' "))
    load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(arguments)


def test_the_file_of_settings_that_is_copied_is_there():
    assert [command for command in CONTAINERS if not command.startswith("docker")] == ["cp .env.example .env"]
    assert (ROOT / ".env.example").is_file()


def test_every_make_target_in_the_text_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`make ([a-z]+)", README)) <= targets


def test_every_file_and_command_in_the_text_exists():
    prose = re.sub(r"```sh\n.*?```", "", README, flags=re.S)
    for name in re.findall(r"`([A-Za-z.]+\.(?:md|yml|example)|Procfile)`", prose):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`manage\.py (\w+)", prose):
        assert name in get_commands()


def test_the_picture_is_there_and_light():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for name in pictures:
        assert (ROOT / name).read_bytes().startswith(b"\x89PNG")
        assert (ROOT / name).stat().st_size <= PICTURE_BYTES


def test_the_readme_gives_no_figure_of_its_own():
    """Ports, versions and digits inside names aside: what has a number must come from something that counts."""
    prose = re.sub(r"```sh\n.*?```|`[^`]*`|https?://\S+|Python \d\.\d+|Apache-\d\.\d", "", README, flags=re.S)
    assert re.findall(r"\d+", prose) == []
