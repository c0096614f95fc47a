from django.core.management.base import BaseCommand, CommandError

from core import derivation


class Command(BaseCommand):
    help = "Compute what is stale now; with --verify recompute everything from nothing and compare, changing nothing."

    def add_arguments(self, parser):
        parser.add_argument("--verify", action="store_true")

    def handle(self, *args, **options):
        if not options["verify"]:
            self.stdout.write(f"{derivation.run_pass()} passes wrote something")
            return
        found = derivation.verify()
        for name, count in found.items():
            if count:
                self.stdout.write(f"{name}: {count} differences")
        total = sum(found.values())
        self.stdout.write(f"{total} differences")
        if total:
            raise CommandError("Derived values differ from what their inputs give.", returncode=1)
