from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.backup import restore
from core.exceptions import Refused


class Command(BaseCommand):
    help = "Fill an empty installation from a backup, on either engine, and compare every row with it. All of it or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="What `manage.py backup` wrote, this version's or an earlier one's.")

    def handle(self, *args, file: Path, **options):
        try:
            found = restore(file)
        except Refused as error:
            raise CommandError(str(error)) from error
        for label, table in found["tables"].items():
            self.stdout.write(f"{label}: {table['rows']} rows")
        self.stdout.write(f"{len(found['media'])} files")
        self.stdout.write(f"0 differences from the backup of {found['written_at']}, which ends at event {found['chain']['number']}")
