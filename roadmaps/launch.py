"""How a release stands: its checklist, its features, by how much it slipped, and what may hold it up. Reads only."""

from dataclasses import dataclass
from datetime import date

from core.models import Change, Organisation, User
from core.templatetags.waymark import short_date
from roadmaps.health import BLOCKED, SLIPPING, UNDATED, with_health
from roadmaps.models import Feature, FreezePeriod, Release, ReleaseItem
from roadmaps.models.plan import Status

WORRIES = {BLOCKED: "is blocked", SLIPPING: "slips", UNDATED: "has no date"}


@dataclass(frozen=True)
class Risk:
    """Something that may hold the release up: a sentence, and the feature it is about where it is about one."""

    text: str
    key: str = ""


@dataclass(frozen=True)
class Launch:
    """A release and all that is known of how it stands. `first_day` is the first day anybody said, `slip` by how many days it moved."""

    items: list[ReleaseItem]
    features: list[Feature]
    freezes: list[FreezePeriod]
    risks: list[Risk]
    first_day: date | None
    slip: int
    days_left: int | None
    today: date

    @property
    def counts(self) -> dict[str, int]:
        """How many features there are, are shipped, are being built."""
        states = [feature.status for feature in self.features]
        return {"all": len(states), "shipped": states.count(Status.SHIPPED), "building": states.count(Status.IN_PROGRESS)}

    @property
    def done(self) -> int:
        """How many lines of the checklist are done."""
        return sum(item.done_at is not None for item in self.items)

    @property
    def is_open(self) -> bool:
        """Whether any line of the checklist is still to be done."""
        return self.done < len(self.items)


def launch_of(release: Release, user: User) -> Launch:
    """How the release stands, as far as this person may see it."""
    today = Organisation.today()
    items = list(ReleaseItem.objects.visible_to(user).filter(release=release).select_related("owner", "done_by", "release"))
    features = list(Feature.objects.visible_to(user).canonical().for_list().filter(release=release))
    freezes = _freezes(release, user)
    first_day = _first_day(release)
    slip = (release.day - first_day).days if release.day and first_day else 0
    is_planned = release.state == Release.State.PLANNED
    days_left = (release.day - today).days if release.day and is_planned else None
    risks = _risks(release, user, items, freezes, today) if is_planned else []
    return Launch(items, features, freezes, risks, first_day, slip, days_left, today)


def facts_of(release: Release, user: User) -> list[str]:
    """What is known of how the release went, in sentences; nothing of its features, of which not everybody sees all."""
    launch, found = launch_of(release, user), []
    if release.day and launch.first_day:
        by = f", {abs(launch.slip)} days {'later' if launch.slip > 0 else 'earlier'}" if launch.slip else ""
        found.append(f"First planned for {launch.first_day:%d %b %Y}; it went out on {release.day:%d %b %Y}{by}.")
    if launch.items:
        left = ", ".join(f"“{item.text}”" for item in launch.items if item.done_at is None)
        found.append(f"Of its checklist {launch.done} of {len(launch.items)} lines are done{f'; open are {left}' if left else ''}.")
    if release.rolled_back_why:
        found.append(f"It was taken back: {release.rolled_back_why}")
    return found


def _freezes(release: Release, user: User) -> list[FreezePeriod]:
    """The freezes that hold on its day for it: of a train, the organisation's."""
    if release.day is None:
        return []
    of_it = [release.product_id] if release.product_id else []
    return list(FreezePeriod.objects.visible_to(user).of_products(of_it).between(release.day, release.day))


def _first_day(release: Release) -> date | None:
    """The first day that was said of it."""
    for before, after in Change.objects.of(release).values_list("before", "after"):
        for said in (before, after):
            if day := (said or {}).get("day"):
                return date.fromisoformat(day)
    return release.day


def _risks(release: Release, user: User, items: list[ReleaseItem], freezes: list[FreezePeriod], today: date) -> list[Risk]:
    found = []
    if release.day is not None and release.day < today:
        found.append(Risk(f"Its day, {short_date(release.day)}, has passed."))
    found += [Risk(f"Nothing is released from {short_date(f.starts_on)} to {short_date(f.ends_on)}: {f.reason}.") for f in freezes]
    rows = with_health(Feature.objects.visible_to(user).canonical().filter(release=release), today).filter(health__in=WORRIES)
    found += [Risk(f"{row.title} {WORRIES[row.health]}.", row.key) for row in rows.order_by("health", "pk")]
    late = [item for item in items if item.done_at is None and item.due_on is not None and item.due_on < today]
    return found + [Risk(f"“{item.text}” was due on {short_date(item.due_on)}.") for item in late]
