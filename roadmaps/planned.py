"""Features and themes as plans draw them: their columns alone, because a model of each costs more than drawing it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from core.models import Product
from core.rows import Row
from roadmaps.effort import usual_days

READ = (
    "key", "title", "version", "status", "product_id", "product__key", "product__name", "stage__slug", "stage__name",
    "start_date", "target_date", "date_confidence", "effort_low", "effort_likely", "effort_high",
)  # fmt: skip


class Step(NamedTuple):
    """A stage, as far as it colours a bar."""

    slug: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is drawn of a feature; of a theme too, which has no key, and neither version nor effort that are its own."""

    pk: int
    title: str
    stage: Step
    status: str
    target_date: date
    start_date: date | None = None
    date_confidence: str = ""
    key: str = ""
    version: int = 0
    product: Product | None = None
    effort_low: Decimal | None = None
    effort_likely: Decimal | None = None
    effort_high: Decimal | None = None

    @property
    def product_id(self) -> int | None:
        return self.product.pk if self.product else None

    @property
    def start(self) -> date:
        """When it starts: as said, else as long before its target as it takes."""
        return self.start_date or self.target_date - timedelta(days=usual_days(self.effort_likely))


def planned(rows: Iterable[Row]) -> Iterator[Planned]:
    """What is drawn of each of these rows, which were read with `READ`; features of one product share it."""
    products: dict[int, Product] = {}
    steps: dict[str, Step] = {}
    for row in rows:
        if row.product_id not in products:
            products[row.product_id] = Product(pk=row.product_id, key=row.product__key, name=row.product__name)
        if row.stage__slug not in steps:
            steps[row.stage__slug] = Step(row.stage__slug, row.stage__name)
        yield Planned(
            row.pk, row.title, steps[row.stage__slug], row.status, row.target_date, row.start_date, row.date_confidence, row.key,
            row.version, products[row.product_id], row.effort_low, row.effort_likely, row.effort_high,
        )  # fmt: skip
