"""`manage.py import features FILE --product KEY --mapping plan.json --as e-mail`: the importer without a browser."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.door import through
from core.exceptions import Refused
from core.models import Product, User
from integrations import reports, services
from integrations.models import ImportMapping, ImportRow, ImportRun
from integrations.targets import TARGETS

SHOWN = 20


class Command(BaseCommand):
    help = "Import a CSV file: rehearse with --dry-run, run, or take a run back with --undo RUN."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=[*TARGETS])
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--as", dest="email", required=True, help="in whose name")
        parser.add_argument("--product", help="key of the product the rows belong to")
        parser.add_argument("--mapping", help="a file with a plan, or the name of a mapping you saved; without it columns are guessed")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--undo", type=int, metavar="RUN")

    def handle(self, *args, **options):
        try:
            actor = User.objects.get(email=options["email"].lower(), is_active=True)
            with through("import"):
                run = self._undo(actor, options["undo"]) if options["undo"] else self._import(actor, options)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no active person with the e-mail address {options['email']}.") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Ended. Under Settings, Imports stands what was done until then, and can be taken back.") from error
        if run.message:
            raise CommandError(run.message)

    def _import(self, actor: User, options) -> ImportRun:
        if options["file"] is None or not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}." if options["file"] else "Name the file to import.")
        product = self._product(actor, options["product"])
        run = services.receive_file(
            actor=actor,
            kind=options["kind"],
            product=product,
            file_name=options["file"].name,
            content=options["file"].read_bytes(),
            plan=self._plan(actor, options["kind"], options["mapping"]),
        )
        run = services.check_import(actor=actor, run=run) if options["dry_run"] else services.run_import(actor=actor, run=run)
        self._report(run, "would be " if options["dry_run"] else "")
        return run

    def _undo(self, actor: User, number: int) -> ImportRun:
        run = ImportRun.objects.visible_to(actor).filter(pk=number).first()
        if run is None:
            raise CommandError(f"There is no import {number}.")
        services.undo_import(actor=actor, run=run)
        self.stdout.write(f"Import {run.pk} is taken back.")
        return run

    def _product(self, actor: User, key: str | None) -> Product | None:
        if not key:
            return None
        product = Product.objects.visible_to(actor).filter(key=key.upper()).first()
        if product is None:
            raise CommandError(f"There is no product {key}, or it is not in sight of {actor.email}.")
        return product

    def _plan(self, actor: User, kind: str, given: str | None) -> dict | None:
        if not given:
            return None
        if Path(given).is_file():
            return self._read_plan(Path(given))
        mapping = ImportMapping.objects.visible_to(actor).filter(kind=kind, name=given).first()
        if mapping is None:
            raise CommandError(f"“{given}” is neither a file nor a mapping you saved.")
        return mapping.plan

    def _read_plan(self, path: Path) -> dict:
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise CommandError(f"{path} is no JSON: {error}") from error

    def _report(self, run: ImportRun, mood: str) -> None:
        total = sum(run.counts.values())
        words = ", ".join(f"{run.counts.get(outcome, 0)} {mood}{outcome.label.lower()}" for outcome in ImportRow.Outcome)
        self.stdout.write(f"Import {run.pk}: {total} rows: {words}")
        left_out = reports.columns_left_out(run)
        if left_out:
            self.stdout.write(f"  nothing is taken from {', '.join(left_out)}")
        if counted := reports.count_references(run, run.owner):
            words = ", ".join(f"{count} {label.lower()}" for _, label, count in counted)
            self.stdout.write(f"  {sum(count for *_, count in counted)} relations: {words}")
        for line in reports.references_of(run, run.owner, ImportRow.Outcome.REFUSED)[:SHOWN]:
            self.stdout.write(f"  row {line.number}: {line.word.lower()} “{line.text}”: {line.reason}")
        refused = ImportRow.objects.filter(run=run, outcome=ImportRow.Outcome.REFUSED).order_by("number")
        for row in refused[:SHOWN]:
            self.stdout.write(f"  row {row.number}: {row.reason}")
        if (more := refused.count() - SHOWN) > 0:
            self.stdout.write(f"  and {more} more")
