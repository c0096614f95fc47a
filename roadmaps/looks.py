"""A look at the plan: what a roadmap keeps, what the address says instead, and the rows both come to for one person. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property, reduce
from operator import or_

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict

from core.models import Product, User
from roadmaps.filters import FeatureFilter
from roadmaps.grid import Grouping
from roadmaps.lanes import LANES, by_source
from roadmaps.models import FACTS, Feature, Initiative, Roadmap, RoadmapSource, Stage
from roadmaps.models.plan import Status

Layout = Roadmap.Layout
KEPT = ("filter", "lanes", "zoom", "by", "fields")  # what of an address a roadmap keeps, beside its layout
FIELDS = {"owner": "Owner", "dates": "Dates", "team": "Team", "effort": "Effort", "release": "Release", "score": "Score"}
SHOWN = ("owner", "dates")  # where nothing was chosen


def filter_of(query: str) -> str:
    """The filter in what a roadmap keeps."""
    return QueryDict(query).get("filter", "")


class Look:
    """The plan as an address and a kept roadmap show it to one person; `params` is what the page's links build on.

    `shows` are the facts it may tell: all of them here, an audience's in `roadmaps.masks`, of whose looks everything is drawn alike.
    """

    is_masked, shows, items_at = False, frozenset(FACTS), ""
    ways = ("stage", "status")  # the columns a board may have

    def __init__(self, user: User, params: QueryDict, roadmap: Roadmap | None = None, *, scope: Product | None = None):
        self.user, self.roadmap = user, roadmap
        self.params = params.copy()
        if roadmap is not None and "layout" not in params:
            self.params = QueryDict(roadmap.query, mutable=True)
            self.params["layout"] = roadmap.layout
            for name in params:
                self.params.setlist(name, params.getlist(name))
        self.product = roadmap.product if roadmap else scope
        self.filters = FeatureFilter(self.params, user=user)

    @property
    def title(self) -> str:
        return self.roadmap.name if self.roadmap else "Roadmap"

    @property
    def whom(self) -> str:
        """In whose sight it is drawn."""
        return f"As {self.user.name} may see it"

    @property
    def says(self) -> list[str]:
        """What it is narrowed to, in words."""
        chips = [f"{chip.label} {chip.operator} {chip.value}".strip() for chip in self.filters.chips()]
        return [self.product.name, *chips] if self.product else chips

    @property
    def is_theme_only(self) -> bool:
        return self.roadmap is not None and self.roadmap.is_theme_only

    @property
    def layouts(self) -> list[tuple[str, str]]:
        """The layouts there are: themes have no stages, so no board."""
        return [(name, label) for name, label in Layout.choices if not (self.is_theme_only and name == Layout.BOARD)]

    @property
    def layout(self) -> str:
        wanted = self.params.get("layout")
        return wanted if wanted in dict(self.layouts) else Layout.TIMELINE

    @property
    def by(self) -> str:
        """What a board's columns stand for."""
        return "status" if self.params.get("by") == "status" else "stage"

    @property
    def stages(self) -> QuerySet:
        """The stages there are."""
        return Stage.objects.visible_to(self.user)

    @property
    def keeps_filter(self) -> bool:
        """Whether it filters as the roadmap keeps it, and not as the address says instead."""
        return self.roadmap is not None and self.params.get("filter", "") == filter_of(self.roadmap.query)

    @property
    def is_hidden(self) -> bool:
        """Whether it asks for what is gone or out of this person's sight: its very words would tell of it."""
        return bool(self.filters.error) and self.keeps_filter and self.roadmap.owner_id != self.user.pk

    @property
    def query(self) -> str:
        """What a roadmap would keep of it, beside the layout."""
        kept = QueryDict(mutable=True)
        for name in KEPT:
            values = [value for value in self.params.getlist(name) if value]
            if values:
                kept.setlist(name, [self.filters.lasting] if name == "filter" else values)
        return kept.urlencode()

    @property
    def is_changed(self) -> bool:
        """Whether the address says something else than the roadmap keeps."""
        if self.roadmap is None:
            return False
        kept = Look(self.user, QueryDict(), self.roadmap)
        return (self.layout, self.query) != (kept.layout, kept.query)

    @property
    def fields(self) -> list[str]:
        """The facts that cards and lines show."""
        chosen = [name for name in FIELDS if name in self.params.getlist("fields")]
        return chosen or ([] if "none" in self.params.getlist("fields") else list(SHOWN))

    @property
    def lanes(self) -> dict[str, Grouping]:
        """The lanes there are; a roadmap made of others has those too."""
        parts = [(part.roadmap.name, part.rows) for part in self.parts if part.roadmap]
        return LANES | ({"source": by_source(parts)} if self.is_portfolio else {})

    def grouping(self, default: str = "") -> Grouping | None:
        """The lanes asked for."""
        return self.lanes.get(self.params.get("lanes", "source" if self.is_portfolio and default else default))

    @cached_property
    def sources(self) -> Mapping[int, Sequence[Roadmap]]:
        """{roadmap: those it is made of}, as far as this person sees both."""
        found: dict[int, list[Roadmap]] = defaultdict(list)
        for link in RoadmapSource.objects.visible_to(self.user).select_related("roadmap", "source__product").order_by("pk"):
            found[link.roadmap_id].append(link.source)
        return found

    @cached_property
    def is_portfolio(self) -> bool:
        """Whether it is made of other roadmaps, in this person's sight or not."""
        return self.roadmap is not None and RoadmapSource._base_manager.filter(roadmap=self.roadmap, deleted_at=None).exists()

    @cached_property
    def parts(self) -> list["Look"]:
        """The roadmaps it is made of, each with its own filter and this person's rights."""
        if not self.is_portfolio or self.roadmap is None:
            return []
        found = [Look(self.user, QueryDict(), source) for source in self.sources[self.roadmap.pk]]
        for part in found:
            part.sources = self.sources
        return found

    @cached_property
    def rows(self) -> QuerySet:
        """The features it shows, in whatever layout: what its sources show, narrowed by its product and its filter."""
        rows = Feature.objects.visible_to(self.user).canonical().exclude(status__in=(Status.DECLINED, Status.RETIRED))
        if self.product is not None:
            rows = rows.filter(product=self.product)
        if self.is_portfolio:
            rows = rows.filter(reduce(or_, (Q(pk__in=part.rows.order_by().values("pk")) for part in self.parts), Q(pk__in=[])))
        return self.filters.narrow(rows)

    @cached_property
    def themes(self) -> list[Initiative]:
        """The initiatives of its features, each with `start`, `target`, `features` and `shipped` of those."""
        rows = self.rows.exclude(initiative=None).order_by().values("initiative")
        sums = rows.annotate(
            start=Min(Coalesce("start_date", "target_date")), target=Max("target_date"), features=Count("pk"),
            shipped=Count("pk", filter=Q(status=Status.SHIPPED)),
        )  # fmt: skip
        known = {line.pop("initiative"): line for line in sums}
        seen = Initiative.objects.visible_to(self.user).filter(pk__in=known)
        found = list(seen.select_related("product", "owner").order_by("name", "pk"))
        for theme in found:
            for name, value in known[theme.pk].items():
                setattr(theme, name, value)
        return found
