from django.core.management.base import BaseCommand, CommandError

from core import audit


class Command(BaseCommand):
    help = "`audit verify`: check that the record of events and changes is whole."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args, **options):
        faults = 0
        for sentence in audit.broken_links():
            faults += 1
            self.stdout.write(sentence)
        self.stdout.write(f"{faults} faults")
        if faults:
            raise CommandError("The record is not whole.", returncode=1)
