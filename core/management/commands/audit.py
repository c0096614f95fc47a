from itertools import chain

from django.core.management.base import BaseCommand, CommandError

from core import audit


class Command(BaseCommand):
    help = "`audit verify`: check that the record of events and changes is whole, and print its head."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--head", metavar="NUMBER:HASH", help="an earlier head, kept from the log, which the record must still contain")

    def handle(self, *args, head: str | None, **options):
        try:
            lost = list(audit.lost_head(head)) if head is not None else []
        except ValueError as error:
            raise CommandError(str(error)) from error
        faults = 0
        for sentence in chain(audit.broken_links(), lost):
            faults += 1
            self.stdout.write(sentence)
        self.stdout.write(f"head {audit.head()}")
        self.stdout.write(f"{faults} faults")
        if faults:
            raise CommandError("The record is not whole.", returncode=1)
