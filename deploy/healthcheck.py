"""Whether a process of the installation does its work: `python -m deploy.healthcheck web`, or worker, or beat; ends with 1 when not."""

import http.client
import os
import sys
import time
from pathlib import Path

from config.celery import app

# Beat writes its schedule every three minutes.
BEAT_SILENCE_SECONDS = 600


def web() -> bool:
    """The web server answers on its own port, by the name that people use (any other is refused)."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    connection.request("GET", "/healthz", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].strip()})
    return connection.getresponse().status == 200


def worker() -> bool:
    """This machine's worker answers a ping through the queue."""
    return bool(app.control.ping(destination=[f"celery@{os.uname().nodename}"], timeout=5))


def beat() -> bool:
    """The schedule was written lately."""
    files = Path(os.environ["WAYMARK_DATA"]).glob("celerybeat-schedule*")
    return max((file.stat().st_mtime for file in files), default=0) > time.time() - BEAT_SILENCE_SECONDS


CHECKS = {"web": web, "worker": worker, "beat": beat}

if __name__ == "__main__":
    sys.exit(not CHECKS[sys.argv[1]]())
