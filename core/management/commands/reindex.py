from django.core.management.base import BaseCommand

from core.services.search import reindex


class Command(BaseCommand):
    help = "Write the search index anew from the rows themselves."

    def handle(self, *args, **options):
        self.stdout.write(f"{reindex()} entries")
