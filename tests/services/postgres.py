"""A private PostgreSQL cluster."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.services.server import Server, ServiceMissing, hand_over, run_as

USER = DATABASE = "waymark"


def bin_folder() -> Path:
    """The folder of initdb and postgres: Debian's newest version, else beside the initdb on PATH; raises ServiceMissing."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        raise ServiceMissing("PostgreSQL is not installed: neither /usr/lib/postgresql nor PATH has an initdb.")
    return Path(found).resolve().parent


class Postgres(Server):
    """A PostgreSQL server with one database and a superuser that may create others; `url` is a DATABASE_URL."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back and clients disconnected

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        # PostgreSQL refuses to run as root.
        super().__init__(folder, account="postgres" if os.geteuid() == 0 else None)
        self.bin = bin_folder()
        self.password = secrets.token_hex(16)
        self.fsync = "on" if fsync else "off"
        self.data = folder / "data"
        hand_over(folder, self.account)

    @property
    def url(self) -> str:
        """The address as settings read it."""
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def create(self) -> None:
        """An empty cluster lies in the folder; nothing runs yet."""
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        hand_over(password_file, self.account)
        self._run(
            "initdb", "--auth=scram-sha-256", f"--pwfile={password_file}", f"--username={USER}", "--encoding=UTF8", "--locale=C.UTF-8"
        )
        password_file.unlink()

    def create_database(self) -> None:
        """The running cluster has the database that `url` names."""
        self._run("createdb", "--host=127.0.0.1", f"--port={self.port}", f"--username={USER}", DATABASE)

    def command(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # Not "synchronous_commit" too: without it a killed server forgets what it had acknowledged.
            "fsync": self.fsync,
            "full_page_writes": self.fsync,
            "max_connections": 200,
        }
        return [str(self.bin / "postgres"), "-D", str(self.data), *(f"--{key}={value}" for key, value in settings.items())]

    def is_ready(self) -> bool:
        answer = subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False)
        return answer.returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "PGDATA": str(self.data), "PGPASSWORD": self.password}
        done = subprocess.run(
            [self.bin / program, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            **run_as(self.account),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")


@contextlib.contextmanager
def postgres(*, fsync: bool = False) -> Iterator[Postgres]:
    """A running cluster with an empty database; stopped and removed afterwards. `fsync=True` where writing times are measured."""
    with tempfile.TemporaryDirectory(prefix="waymark-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder), fsync=fsync)
        server.create()
        try:
            server.start()
            server.create_database()
            yield server
        finally:
            server.stop()
