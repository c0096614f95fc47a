"""Real PostgreSQL and Redis servers for the tests, private to one run, on free loopback ports, gone with it; and a browser.

The standard library alone, since `scripts/test.py` uses it before anything is installed.
"""

from tests.services.chromium import chromium, launch
from tests.services.postgres import Postgres, postgres
from tests.services.redis import Redis, redis
from tests.services.server import ServiceMissing, free_port

__all__ = ["Postgres", "Redis", "ServiceMissing", "chromium", "free_port", "launch", "postgres", "redis"]
