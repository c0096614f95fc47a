from django.core.management.base import BaseCommand

from core import jobs


class Command(BaseCommand):
    help = "Do one job that a worker has claimed. Started by the worker; of no use by hand."

    def add_arguments(self, parser):
        parser.add_argument("pk", type=int)

    def handle(self, *args, pk: int, **options):
        jobs.limit_process()
        jobs.watch(pk)
        jobs.run(pk)
