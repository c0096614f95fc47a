"""Backup and restore: every row as a line of JSON that reads the same on both engines, with a manifest to compare with.

A backup may be restored into the other engine, and into a later version, which then migrates it. What it does not hold: sign-ins
under way, what migrations make by themselves, and the installation's secret.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import batched
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZipFile

from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Field, Model

from core import archive, clock
from core.acts import write_lock
from core.exceptions import RuleBroken
from core.models import ChainHead, Event, User
from core.models.acts import canonical
from core.models.base import plain
from core.sql import refresh_statistics, set_sequences, snapshot

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"sessions", "auth", "contenttypes"}  # sign-ins under way; what migrations make by themselves
BATCH = 500


def back_up(path: Path) -> dict[str, Any]:
    """The whole installation as of one moment lies in the file `path`; answers its manifest. Nobody waits meanwhile."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuleBroken("This database is not prepared for this version of Waymark. Run `manage.py prepare` first.")
    with archive.writing(path) as file, snapshot():
        head = ChainHead.objects.get(pk=1)
        manifest = {
            "format": FORMAT,
            "version": settings.VERSION,
            "written_at": clock.now().isoformat(),
            "engine": connection.vendor,
            "chain": {"number": head.number, "hash": head.hash},
            "migrations": sorted(executor.loader.applied_migrations),
            "tables": {model._meta.label_lower: _write_table(file, model) for model in tables(apps)},
            "media": {name: _write_file(file, name) for name in _media()},
        }
        file.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


def restore(path: Path) -> dict[str, Any]:
    """An empty installation holds what the backup holds, row for row; answers the backup's manifest, its figures taken from what is here.

    Refused, with nothing changed, where the file is not whole, the installation is not empty, or a single row came out different.
    """
    archive.check(path)
    with ZipFile(path) as file:
        manifest = _checked_manifest(file)
        _must_be_empty()
        models = {model._meta.label_lower: model for model in tables(_migrated_to(manifest["migrations"]))}
        with _files_in_place(file, list(manifest["media"])) as media, write_lock(), transaction.atomic():
            _must_be_empty()
            for model in models.values():
                model._base_manager.all()._raw_delete(connection.alias)
            for label, said in manifest["tables"].items():
                _fill(models[label], said["columns"], file.open(_table(label)))
            set_sequences(list(models.values()))
            found = {"tables": {label: _described(models[label]) for label in manifest["tables"]}, "media": media}
            if different := [name for part, here in found.items() for name, what in here.items() if what != manifest[part][name]]:
                raise RuleBroken(f"Nothing was restored: {', '.join(different)} came out different from the backup.")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    refresh_statistics()
    return manifest | found


def tables(registry: Apps) -> list[type[Model]]:
    """The models whose rows a backup holds, by name."""
    found = [model for model in registry.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy]
    return sorted((model for model in found if model._meta.app_label not in LEFT_OUT), key=lambda model: model._meta.label_lower)


def _fields(model: type[Model]) -> list[Field]:
    """The columns in an order that does not depend on the history of the model."""
    return sorted(model._meta.local_concrete_fields, key=lambda field: field.attname)


def lines(model: type[Model]) -> Iterator[bytes]:
    """The rows by key, each a line of JSON that reads the same whichever engine it comes from."""
    fields = _fields(model)
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=2000):
        yield canonical([_unsigned(plain(field, value)) for field, value in zip(fields, row, strict=True)]) + b"\n"


def _unsigned(value: Any) -> Any:
    """The value without the sign of a zero, which PostgreSQL's JSON does not keep."""
    if isinstance(value, float):
        return value + 0.0
    if isinstance(value, list):
        return [_unsigned(part) for part in value]
    return {name: _unsigned(part) for name, part in value.items()} if isinstance(value, dict) else value


def _described(model: type[Model], write: Callable[[bytes], object] = len) -> dict[str, Any]:
    """What a manifest says of a table; `write` gets each line."""
    digest, rows = hashlib.sha256(), 0
    for line in lines(model):
        digest.update(line)
        rows += 1
        write(line)
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": [field.attname for field in _fields(model)]}


def _write_table(file: ZipFile, model: type[Model]) -> dict[str, Any]:
    with file.open(_table(model._meta.label_lower), "w", force_zip64=True) as member:
        return _described(model, member.write)


def _table(label: str) -> str:
    return f"tables/{label}.jsonl"


def _media() -> list[str]:
    """The files people brought, by their path under the media folder."""
    return sorted(path.relative_to(settings.MEDIA_ROOT).as_posix() for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())


def _write_file(file: ZipFile, name: str) -> dict[str, Any]:
    content = (settings.MEDIA_ROOT / name).read_bytes()
    file.writestr(f"media/{name}", content)
    return _described_file(content)


def _described_file(content: bytes) -> dict[str, Any]:
    """What a manifest says of a file."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


@contextmanager
def _files_in_place(file: ZipFile, names: list[str]) -> Iterator[dict[str, Any]]:
    """These files lie under the media folder; answers what they are when read again. An exception inside takes them away."""
    paths = {name: settings.MEDIA_ROOT / name for name in names}
    try:
        for name, path in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.read(f"media/{name}"))
        yield {name: _described_file(path.read_bytes()) for name, path in paths.items()}
    except BaseException:
        for path in paths.values():
            path.unlink(missing_ok=True)
        raise


def _checked_manifest(file: ZipFile) -> dict[str, Any]:
    """The manifest of an archive of which every part is what the manifest says."""
    manifest = json.loads(file.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise RuleBroken(f"This backup was written by version {manifest['version']}, in a form this version does not know.")
    parts = {_table(label): said["sha256"] for label, said in manifest["tables"].items()}
    parts |= {f"media/{name}": said["sha256"] for name, said in manifest["media"].items()}
    for name, digest in parts.items():
        with file.open(name) as member:
            is_right = _digest(member) == digest
        if not is_right or ".." in PurePosixPath(name).parts:
            raise RuleBroken(f"The backup is damaged: {name} is not what its manifest says.")
    return manifest


def _digest(blocks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def _must_be_empty() -> None:
    """Nobody is here and nothing has happened; what else there may be follows from migrations."""
    known = connection.introspection.table_names()
    if any(model._meta.db_table in known and model._base_manager.exists() for model in (User, Event)):
        raise RuleBroken("This installation is not empty. A backup is restored into an empty one, so that nothing is lost.")


def _migrated_to(wanted: list[list[str]]) -> Apps:
    """The database is as the version was that wrote the backup; answers the models of that time."""
    executor = MigrationExecutor(connection)
    graph, nodes = executor.loader.graph, {(app, name) for app, name in wanted}
    if nodes - set(graph.nodes):
        raise RuleBroken("This backup was written by a later version of Waymark. Restore it with that version or a later one.")
    if set(executor.loader.applied_migrations) - nodes:
        raise RuleBroken("This backup was written by an earlier version of Waymark. Restore it into a database nothing has prepared yet.")
    ends = [node for node in nodes if not any(child.key[0] == node[0] and child.key in nodes for child in graph.node_map[node].children)]
    executor.migrate(ends)
    return executor.loader.project_state(ends).apps


def _fill(model: type[Model], columns: list[str], said: IO[bytes]) -> None:
    """The rows of these lines are in the table."""
    fields = {field.attname: field for field in _fields(model)}
    chosen = [fields[column] for column in columns]
    with said:
        for batch in batched(said, BATCH):
            rows = [zip(chosen, json.loads(line), strict=True) for line in batch]
            model._base_manager.bulk_create([model(**{field.attname: field.to_python(value) for field, value in row}) for row in rows])
