"""A backup's file: a zip that any tool opens, whose comment is the SHA-256 of every byte before it. No change of it goes unseen."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from core.exceptions import RuleBroken

SEAL = 64  # characters of a SHA-256
BLOCK = 1 << 20


@contextmanager
def writing(path: Path) -> Iterator[ZipFile]:
    """A zip to fill, readable by its owner alone. The file has its name only once it is sealed and on disk; an exception leaves none."""
    if path.exists():
        raise RuleBroken(f"{path} is there already, and a backup never replaces one.")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                yield archive
                archive.comment = b"-" * SEAL
            seal = digest_of(file, SEAL)
            file.seek(-SEAL, os.SEEK_END)
            file.write(seal)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        _keep_name(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def check(path: Path) -> None:
    """The file is, byte for byte, one that `writing` finished; refused with a sentence otherwise."""
    try:
        with path.open("rb") as file:
            seal = digest_of(file, SEAL)
            is_whole = file.read() == seal
    except OSError as error:
        raise RuleBroken(f"{path} cannot be read: {error.strerror}.") from error
    if not is_whole:
        raise RuleBroken(f"{path} is damaged, cut off, or no backup of Waymark: its contents are not those it was sealed with.")


def digest_of(file: BinaryIO, without: int = 0) -> bytes:
    """The SHA-256 of the file's bytes but for the last `without`, in hexadecimal; the file then stands before these."""
    file.seek(0, os.SEEK_END)
    left = max(file.tell() - without, 0)
    file.seek(0)
    digest = hashlib.sha256()
    while left and (block := file.read(min(BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest().encode()


def _keep_name(folder: Path) -> None:
    """The folder's list of names is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
