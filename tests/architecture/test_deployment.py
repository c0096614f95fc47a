"""A team's installation is the same with containers and without, starts nothing half-configured, and keeps its state in named places."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
OURS = {name for name, service in SERVICES.items() if "build" in service}
SECRET = re.compile(r"SECRET|PASSWORD|AUTH|_URL$")


def image_command() -> str:
    return shlex.join(yaml.safe_load(re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[1]))


def test_the_same_processes_run_with_containers_and_without():
    assert {name: SERVICES[name].get("command", image_command()) for name in OURS - {"prepare"}} == PROCFILE


def test_the_installation_has_every_part_a_team_needs():
    assert set(SERVICES) == OURS | {"proxy", "database", "redis", "mail"}
    assert set(PROCFILE) == {"web", "worker", "beat"}  # a runner of Procfiles stops everything when one process ends
    assert SERVICES["prepare"]["command"] == "python manage.py prepare"


def test_only_the_proxy_is_reached_from_outside():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in published["mail"])


def test_web_servers_can_be_many_and_wait_for_the_database_to_be_prepared():
    assert SERVICES["web"]["deploy"]["replicas"] == "${WEB_REPLICAS:-4}"
    for name in OURS - {"prepare"}:
        assert SERVICES[name]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert SERVICES["prepare"]["depends_on"] == {"database": {"condition": "service_healthy"}}


@pytest.mark.parametrize(
    "image", [service["image"] for service in SERVICES.values() if "build" not in service] + re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
)
def test_every_image_names_the_version_it_was_chosen_for(image):
    name, _, tag = image.partition(":")
    assert name
    assert re.match(r"v?\d+\.?\d*", tag), f"{image} may become another version overnight."


def test_postgresql_is_16_or_later():
    assert int(re.match(r"postgres:(\d+)", SERVICES["database"]["image"])[1]) >= 16


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_that_stays_has_a_health_check(name):
    check = SERVICES[name].get("healthcheck", {})
    if name == "prepare":
        assert check == {"disable": True}
    elif name == "web":
        assert "healthcheck" not in SERVICES[name]
        assert re.search(r"^HEALTHCHECK .*deploy\.healthcheck", DOCKERFILE, re.MULTILINE)
    else:
        assert check["test"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_secret_comes_from_the_environment_file_and_has_no_default(name):
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRET.search(variable):
            assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value), (
                f"{variable} of {name} is set without an answer for the case that .env lacks it."
            )
            assert not re.search(r"\$\{[A-Z_]+(:-|-|\})", value), f"{variable} of {name} has a default."


def test_the_example_of_the_environment_file_names_every_setting_and_holds_no_secret():
    example = (ROOT / ".env.example").read_text()
    needed, optional = (dict(re.findall(rf"^{mark}([A-Z_]+)=(.*)$", example, re.M)) for mark in ("", "#"))
    by_compose = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    by_settings = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    by_server = set(re.findall(r"""environ\.get\(["']([A-Z_]+)""", (ROOT / "deploy/gunicorn.conf.py").read_text()))
    assert {"SECRET_KEY", "TRUSTED_PROXY_COUNT"} <= by_settings
    assert {"HOST", "PORT"} <= by_server
    assert needed.keys() | optional.keys() == by_compose | by_settings | by_server
    assert not needed.keys() & optional.keys()
    assert needed.keys() == by_compose - {"TRUSTED_PROXY_COUNT"}
    assert {name for name, value in needed.items() if not value} == {"SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert optional["METRICS_TOKEN"] == ""


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_line_of_the_environment_file_reaches_our_processes(name):
    assert SERVICES[name]["env_file"] == ".env"


@pytest.mark.parametrize("name", ["database", "redis", "proxy", *sorted(OURS)])
def test_what_must_survive_a_new_container_lies_on_a_named_volume(name):
    named = {volume.split(":")[0] for volume in SERVICES[name]["volumes"]} & set(COMPOSE["volumes"])
    assert len(named) == 1


def test_our_processes_run_without_privileges():
    assert re.search(r"^USER waymark$", DOCKERFILE, re.MULTILINE)
    for name in OURS:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_the_image_is_built_from_the_hashed_lock():
    assert "uv pip sync --no-cache --require-hashes" in DOCKERFILE
    assert "requirements-dev.lock" not in DOCKERFILE
    assert re.search(r"^FROM python:(\S+?)-slim", DOCKERFILE, re.MULTILINE)[1] == (ROOT / ".python-version").read_text().strip()


def test_no_secret_and_no_state_is_copied_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".*", "var", "staticfiles", "tests"} <= set(ignored)
    assert [line for line in ignored if line.startswith("!")] == ["!.python-version"]
