"""Waymark's own settings with the floor beside it, so that both are served by the same processes through the same middleware."""

from config.settings import *  # noqa: F403 - all of them, and one app more
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.floor"]
ROOT_URLCONF = "benchmarks.floor.urls"
API_READS_PER_MINUTE = API_WRITES_PER_MINUTE = 10_000_000
