from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.backup import back_up
from core.exceptions import Refused


class Command(BaseCommand):
    help = "Write everything, as of one moment, into one file, while people go on working. The installation's secret is not in it."

    def add_arguments(self, parser):
        parser.add_argument("where", type=Path, help="A folder, in which the file is named by the time; or the name of a new file.")

    def handle(self, *args, where: Path, **options):
        path = where / f"waymark-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip" if where.is_dir() else where
        try:
            manifest = back_up(path)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error}") from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        size = f"{len(manifest['tables'])} tables, {rows} rows, {len(manifest['media'])} files"
        self.stdout.write(f"{path}: {size}, up to event {manifest['chain']['number']}")
