"""A private Redis server."""

import contextlib
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.services.server import Server, ServiceMissing


class Redis(Server):
    """A Redis server that keeps nothing on disk, so a kill loses everything it held; `url` is a REDIS_URL."""

    name = "Redis"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        program = shutil.which("redis-server")
        if not program:
            raise ServiceMissing("Redis is not installed: PATH has no redis-server.")
        self.program = program

    @property
    def url(self) -> str:
        """The address as settings read it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        return [
            self.program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.folder),
        ]

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as client:
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def redis() -> Iterator[Redis]:
    """A running, empty server; stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="waymark-redis-", ignore_cleanup_errors=True) as folder:
        server = Redis(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
