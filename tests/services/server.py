"""A server process of ours: started, killed and started again on the same address, stopped by its own pid."""

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
READY_WITHIN_SECONDS = 30


class ServiceMissing(RuntimeError):
    """The machine has no such server; the message is a sentence saying what to install."""


def free_port() -> int:
    """A loopback port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def hand_over(folder: Path, account: str | None) -> None:
    """Makes `folder` the property of the system account that its server will run as (None: our own)."""
    if account:
        entry = pwd.getpwnam(account)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def run_as(account: str | None) -> dict[str, object]:
    """Arguments for subprocess that run a command as `account`, with none of our groups (None: as ourselves)."""
    if not account:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Server:
    """One server process. Subclasses say how it is started (`command`) and whether it answers (`is_ready`)."""

    name = "server"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, account: str | None = None) -> None:
        self.folder = folder
        self.account = account
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether the server answers a client."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self.process is None:
            raise RuntimeError(f"{self.name} is not running.")
        return self.process.pid

    def start(self) -> None:
        """The server answers on its port when this returns; raises RuntimeError with the end of its log when it does not come up."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal reaches the tests, which then stop us in order
                preexec_fn=self._die_with_parent,
                **run_as(self.account),
            )
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{self.name} did not start: {self.log_path.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """The server has ended in its own orderly way, or by SIGKILL after ten seconds."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """The server and every process it forked are gone at once (SIGKILL), as when the machine dies."""
        if self.process is None:
            return
        forked = children_of(self.process.pid)
        self.process.kill()
        for pid in forked:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        self.process = None

    @property
    def log_path(self) -> Path:
        """What the server printed, over all its starts."""
        return self.folder / f"{self.name.lower()}.log"

    def _die_with_parent(self) -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, self.stop_signal)


def children_of(parent: int) -> list[int]:
    """The pids of the processes that `parent` forked and that still run."""
    listing = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listing.splitlines())
    return [int(pid) for pid, ppid in pairs if int(ppid) == parent]


def is_running(pid: int) -> bool:
    """Whether the process still runs; one that ended and waits for its parent to notice does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")
