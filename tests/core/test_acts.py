"""An act is tried once more after a deadlock, with the rows as they are then."""

from django.db import OperationalError

from core.acts import acts
from core.models import Change, Product
from core.writes import update


class Deadlock(Exception):
    """What the driver says of a transaction that was ended in favour of another."""

    pgcode = "40P01"


def test_a_deadlock_after_a_write_loses_nothing(cast):
    tries = []

    @acts
    def rename(*, actor, product):
        update(product, {"name": "Renamed"}, "core.product_changed")
        tries.append(product.version)
        if len(tries) == 1:
            raise OperationalError from Deadlock()

    row = Product.objects.get(pk=cast.own.pk)
    rename(actor=cast.maker, product=row)
    assert tries == [row.version, row.version]
    assert Product.objects.get(pk=row.pk).name == "Renamed"
    assert Change.objects.of(row).count() == 1
