"""The register of agreements between products: how late each is, reckoned where the rows are, and what of it an address asks for."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Case, Count, DateField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest

from core.api.pagination import Order
from core.models import Organisation, Product, User
from core.permissions import can_edit_product
from core.sql import DaysBetween
from roadmaps.models import Dependency
from roadmaps.permissions import answers_of
from roadmaps.schedule import next_answers, with_features

Kind = Dependency.Kind
SHOWN = {"open": "Open", "late": "Late", "refused": "Refused", "all": "All"}
STANDING = {
    "open": Q(agreement__in=Dependency.OPEN),
    "late": Q(overdue__gt=0),
    "refused": Q(agreement=Dependency.Agreement.REFUSED),
    "all": Q(),
}
# When each kind gives, and when it is needed; an agreed day stands before the dates of what waits (see `dependencies.needed_on`).
GIVES = Case(When(kind=Kind.START_START, then="predecessor__start_date"), default="predecessor__target_date")
NEEDS = Coalesce("needed_by", Case(When(kind=Kind.FINISH_FINISH, then="successor__target_date"), default="successor__start_date"))


def with_overdue(rows: QuerySet, today: date) -> QuerySet:
    """The rows with `overdue`: by how many days what is agreed and not given yet comes after it is needed, by its promise, by its dates
    or because the day is past; less than 0 where there is time, blank where no day is named or nothing is owed.
    """
    worst = Greatest(Value(today, DateField()), Coalesce("promised_for", today), Coalesce(GIVES, today))
    owed = When(kind__in=Dependency.SCHEDULED, agreement__in=Dependency.OPEN, then=DaysBetween(worst, NEEDS))
    return rows.annotate(overdue=Case(owed, output_field=IntegerField(null=True)))


OVERDUE = IntegerField(null=True)
OVERDUE.set_attributes_from_name("overdue")
LATEST_FIRST = Order("overdue", OVERDUE, True)


@dataclass(frozen=True)
class Agreed:
    """An agreement of two products: by how many days it is late, to which states the person may move it, whether they may withdraw it."""

    dependency: Dependency
    late: int
    answers: list[str]
    may_withdraw: bool

    @property
    def next(self) -> list[str]:
        """Those of the answers that are given in one click."""
        return next_answers(self.dependency, self.answers)


def agreed(user: User, row: Dependency) -> Agreed:
    """The agreement as this person sees it; it was read `with_overdue`, and both features must be at hand."""
    return Agreed(row, max(0, row.overdue or 0), answers_of(user, row), can_edit_product(user, row.successor.product_id))


def agreements(user: User) -> QuerySet:
    """What this person sees waiting for what, each `with_overdue` and with its features and their owners at hand."""
    rows = with_features(Dependency.objects.visible_to(user)).select_related("predecessor__owner", "successor__owner")
    return with_overdue(rows, Organisation.today())


@dataclass(frozen=True)
class Register:
    """The agreements in one person's sight, or a product's, as an address narrows them; what it does not know narrows to nothing."""

    user: User
    scope: Product | None = None
    standing: str = "open"
    product: str = ""  # the key of one end's
    owner: str = ""  # the id of one end's

    @property
    def whole(self) -> QuerySet:
        """All of them."""
        rows = agreements(self.user).agreements()
        return rows.of_product(self.scope) if self.scope else rows

    @property
    def rows(self) -> QuerySet:
        """Those asked for."""
        return self.whole.filter(self._asked & STANDING[self.standing])

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are of each standing, however many are shown; and `any`, of which nothing was asked."""
        wanted = {name: Count("pk", filter=self._asked & standing) for name, standing in STANDING.items()}
        return self.whole.order_by().aggregate(any=Count("pk"), **wanted)

    @property
    def products(self) -> list[tuple[str, str]]:
        """(key, name) of the products at their ends."""
        return sorted(self._both("product__key", "product__name"))

    @property
    def owners(self) -> list[tuple[str, str]]:
        """(id, name) of the people who own their ends."""
        return sorted(((str(pk), name) for pk, name in self._both("owner", "owner__name") if pk), key=lambda pair: pair[1])

    @property
    def _asked(self) -> Q:
        asked = Q()
        if self.product:
            asked &= Q(predecessor__product__key=self.product) | Q(successor__product__key=self.product)
        if self.owner.isascii() and self.owner.isdigit() and len(self.owner) < 19:
            asked &= Q(predecessor__owner=self.owner) | Q(successor__owner=self.owner)
        elif self.owner:
            asked &= Q(pk__in=[])
        return asked

    def _both(self, *columns: str) -> QuerySet:
        bare = Dependency.objects.visible_to(self.user).agreements().order_by()
        bare = bare.of_product(self.scope) if self.scope else bare
        givers, waiters = (bare.values_list(*(f"{end}__{name}" for name in columns)) for end in ("predecessor", "successor"))
        return givers.union(waiters)
