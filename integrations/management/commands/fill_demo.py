import time

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.exceptions import Refused
from integrations.demo.loading import PASSWORD, fill


class Command(BaseCommand):
    help = "Fill an empty installation with the demonstration company, Quayside."

    def handle(self, *args, **options):
        started = time.monotonic()
        try:
            book = fill(clock.today(), self.stdout.write)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Quayside is here after {time.monotonic() - started:.1f} s. Everybody's password is: {PASSWORD}")
        for person in book.world.people:
            self.stdout.write(f"  {person.email:<36} {person.title} ({person.role})")
        for address in book.addresses:
            self.stdout.write(f"What customers see: {address}")
