"""What the README tells people to type, and where a test runs it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.strip().splitlines()]
SIGN_INS = re.findall(r"^\| `(\S+@\S+)` \|", README, re.M)
PASSWORD = re.search(r"password is `([^`]+)`", README)[1]

# Read as text against docker-compose.yml by tests/architecture/test_readme.py, since tests have no container engine.
CONTAINERS = [command for command in COMMANDS if command.startswith(("docker compose ", "cp .env.example "))]
# Run by whoever runs the tests; tests/architecture/test_readme.py sees that they lead there.
SUITE = [command for command in COMMANDS if command in ("make check", "make test")]
# Typed one after the other in a copy of the tree by tests/drills/test_readme.py.
START = [command for command in COMMANDS if command == "make run"]
BESIDE = [command for command in COMMANDS if command.startswith((".venv/bin/python manage.py ", "printf ", "export "))]
