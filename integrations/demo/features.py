"""Initiatives, releases, and what is known today of each of the 420 features: the plan that `history` then tells from its first day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from integrations.demo.records import Effort, Initiative, Product, Release
from integrations.demo.sources import HISTORY_DAYS, Calendar, email, quarter_label, rows, toml

STAGES = ("discovery", "validation", "definition", "delivery", "launch", "iteration", "sunset")
LETTERS = {"D": "discovery", "V": "validation", "F": "definition", "E": "delivery", "L": "launch"}  # of open features
KINDS = {"g": "growth", "r": "retention", "p": "platform", "d": "deal", "c": "compliance"}
BACKLOG = 0.3  # share of the features that were there when the history begins, written down in its first days
BACKLOG_MADE = -HISTORY_DAYS + 10
TRAIN_AHEAD = 22  # days until the next train of the portfolio leaves
TRAIN_STEPS = {"D": (), "V": (2, 2, None), "F": (1, 1, 2), "E": (0, 1, 1), "L": (0,)}

# Features that sail with a product's own release instead of the portfolio's train.
OWN_RELEASES = {
    "DSP-06": "Driver 4.18", "DSP-21": "Driver 4.18", "DSP-26": "Driver 4.18",
    "TRM-02": "Terminal 7.9", "TRM-04": "Terminal 7.9", "TRM-10": "Terminal 8.0", "TRM-11": "Terminal 8.0",
    "TID-05": "Pilot 1", "TID-06": "Pilot 1", "TID-07": "Pilot 1",
}  # fmt: skip
DEALS = {
    "PAY-58": "bazarro", "PAY-69": "vantage-pharma", "PAY-79": "galenus-versand",
    "OUT-27": "salus-verde", "OUT-32": "vantage-pharma", "OUT-47": "quintar-chemicals",
    "DSP-45": "vantage-pharma", "DSP-63": "vantage-pharma", "RET-23": "vantage-pharma", "TRM-22": "amberjack-canteens",
    "CON-26": "quintar-chemicals", "CON-49": "sable-fashion-group", "INS-28": "vantage-pharma", "INS-37": "brightwater-foods",
}  # fmt: skip


@dataclass(slots=True)
class Plan:
    """A feature as written, with its days as offsets from today; `path` is every stage it entered, the first at its making."""

    key: str
    product: Product
    number: int
    letter: str
    kind: str
    initiative: str
    title: str
    outside_name: str
    want: str
    description: str
    effort: Effort | None
    mockup: dict
    created: float = 0
    path: list[tuple[str, float]] = field(default_factory=list)
    start: int | None = None
    target: int | None = None
    confidence: str = ""
    release: str = ""
    declined: float | None = None

    @property
    def is_shipped(self) -> bool:
        return self.letter in "IS"

    @property
    def is_noticed(self) -> bool:
        """Live, and something a customer sees: the ground under it and the rules around it are rarely praised or blamed."""
        return self.letter == "I" and self.kind not in ("platform", "compliance")

    @property
    def is_open(self) -> bool:
        return self.letter in "DVFEL"

    @property
    def deal_account(self) -> str:
        return DEALS.get(self.key, "")


def initiatives(calendar: Calendar) -> tuple[Initiative, ...]:
    """All thirty were written down in the first days; an objective follows its colon and strength."""
    outside = toml("outside")["initiatives"]
    return tuple(
        Initiative(
            slug=row["slug"],
            title=row["title"],
            outside_name=outside.get(row["slug"], ""),
            outcome=row["outcome"],
            horizon=row["horizon"],
            owner=email(row["owner"]),
            product=row["product"],
            objectives=tuple((slug, int(strength)) for slug, strength in (pair.split(":") for pair in row["objectives"].split(","))),
            created_at=calendar.start,
        )
        for row in rows("initiatives")
    )


def releases(calendar: Calendar, rng: Random) -> tuple[Release, ...]:
    """Six trains that left, three to come, named by year and quarter; and five releases of single products."""
    return tuple(
        Release(
            version=train_name(calendar, int(row["step"])) if row["step"] else row["version"],
            name=row["name"],
            product=row["product"],
            day=calendar.day(int(row["offset"])),
            status=row["status"],
            notes=row["notes"],
            created_at=calendar.moment(max(-HISTORY_DAYS, min(-20, int(row["offset"]) - 100)), rng),
        )
        for row in rows("releases")
    )


def train_name(calendar: Calendar, step: int) -> str:
    return quarter_label(calendar.day(TRAIN_AHEAD), step)


def declined_because(plan: Plan) -> str:
    """The sentence after "Declined:" in the description of a feature we will not build."""
    reason = plan.description.split("Declined: ")[-1].removeprefix("Declined ")
    return reason[0].upper() + reason[1:]


def read_plans(products: Iterable[Product]) -> list[Plan]:
    """The tables of all products, numbered in their order around the numbers that are given."""
    mockups, told = toml("mockups"), toml("outside")
    found = []
    for product in products:
        table = rows(f"features_{product.key.lower()}")
        given = {int(row["number"]) for row in table if row["number"]}
        free = iter(number for number in range(1, len(table) + 1) if number not in given)
        found += [make_plan(product, int(row["number"] or 0) or next(free), row, mockups, told) for row in table]
    return found


def make_plan(product: Product, number: int, row: dict[str, str], mockups: dict, told: dict) -> Plan:
    key = f"{product.key}-{number:02d}"
    return Plan(
        key=key,
        product=product,
        number=number,
        letter=row["stage"],
        kind=KINDS[row["kind"]],
        initiative=row["initiative"],
        title=row["title"],
        outside_name=outside_name(row, told),
        want=row["want"],
        description=row["description"],
        effort=make_effort(row["effort"]),
        mockup=mockups.get(key, {}),
    )


def outside_name(row: dict[str, str], told: dict) -> str:
    """What customers are told of a feature once it is planned: the name it was given for them, else its own where they would notice it.

    What else there is of the ground under it, the rules around it and what was promised to one of them goes by its initiative's name.
    """
    if row["stage"] not in "FELI" or row["initiative"] not in told["initiatives"]:
        return ""
    return told["features"].get(row["title"], row["title"] if KINDS[row["kind"]] in ("growth", "retention") else "")


def make_effort(cell: str) -> Effort | None:
    """`6-11` as low 6, high 11, and the likely two fifths of the way."""
    if not cell:
        return None
    low, high = (int(part) for part in cell.split("-"))
    return Effort(low, round(low + 0.4 * (high - low)), high)


def date_plans(plans: list[Plan], calendar: Calendar, shipped: dict[str, int], rng: Random) -> None:
    """Give each plan its making, its path through the stages, its dates and its release; `shipped` are days of releases by version."""
    sizes: dict[str, int] = {}
    for plan in plans:
        sizes[plan.product.key] = sizes.get(plan.product.key, 0) + 1
    for plan in plans:
        plan.created = first_day((plan.number - 1) / sizes[plan.product.key])
        if plan.is_shipped:
            live = [other.number for other in plans if other.product == plan.product and other.letter == "I"]
            date_shipped(plan, sum(number < plan.number for number in live) / len(live), calendar, shipped, rng)
        elif plan.letter == "X":
            plan.path = [("discovery", plan.created)]
            plan.declined = min(-3, plan.created + rng.uniform(20, 110))
        else:
            date_open(plan, calendar, shipped, rng)


def first_day(share: float) -> float:
    """When the feature at this share of its product's numbers was made: three in ten in the first days, the others over all months."""
    if share < BACKLOG:
        return -HISTORY_DAYS + 1 + 9 * share / BACKLOG
    return -HISTORY_DAYS + 10 + 523 * (share - BACKLOG) / (1 - BACKLOG)


def date_shipped(plan: Plan, turn: float, calendar: Calendar, shipped: dict[str, int], rng: Random) -> None:
    """What is live left with a train in its turn (0 the first, 1 the last); what is being retired was live when the history begins."""
    if plan.letter == "S":
        plan.path = [("iteration", plan.created), ("sunset", rng.uniform(max(-200, plan.created + 30), -20))]
        return
    own = OWN_RELEASES.get(plan.key)
    ready = plan.created + (4 if plan.created < BACKLOG_MADE else 30)
    trains = [step for step in range(-6, 0) if shipped[train_name(calendar, step)] >= ready]
    if own:
        plan.release, day = own, shipped[own]
    elif trains:
        step = max(trains[0], min(-1, -6 + int(turn * 6 + rng.uniform(-0.6, 0.9))))
        plan.release = "" if plan.product.is_private else train_name(calendar, step)
        day = shipped[train_name(calendar, step)] - rng.choice((0, 0, 1, 2, 5))
    else:
        day = round(min(-4, plan.created + rng.uniform(22, 45)))
    first = "discovery"
    if plan.created < BACKLOG_MADE:
        first = "delivery" if day - plan.created < 60 else "definition" if day - plan.created < 150 else "discovery"
    stages = STAGES[STAGES.index(first) : STAGES.index("launch")]
    launch = min(max(day - rng.uniform(6, 14), plan.created + 2), day - 0.5)
    plan.path = [*spread(stages, plan.created, launch, rng), ("launch", launch), ("iteration", float(day))]
    plan.start, plan.target, plan.confidence = round(dict(plan.path)["delivery"]), day, "high"


def spread(stages: Iterable[str], first: float, last: float, rng: Random) -> list[tuple[str, float]]:
    """The stages one after the other from `first` on, all before `last`."""
    stages = list(stages)
    step = (last - first) / len(stages)
    return [(stage, first + step * index + (rng.uniform(-0.2, 0.2) * step if index else 0)) for index, stage in enumerate(stages)]


RECENT = {"V": (-110, -8), "F": (-75, -6), "E": (-60, -8), "L": (-12, -3)}
AHEAD = {"V": (45, 120), "F": (6, 60), "E": None, "L": None}
CONFIDENCES = {"V": ("low",), "F": ("medium", "medium", "high", "low"), "E": ("high", "high", "medium"), "L": ("high",)}
LATE = {"OUT-25": 4, "INS-18": 6, "PAY-53": 9}  # being built, and due these days ago
TARGETS = {"V": (110, 230), "F": (45, 170), "E": (12, 95), "L": (4, 20)}


def date_open(plan: Plan, calendar: Calendar, shipped: dict[str, int], rng: Random) -> None:
    """What is still before its launch: entered its stage lately, with dates that are the rougher the earlier the stage."""
    stages = STAGES[: STAGES.index(LETTERS[plan.letter]) + 1]
    if len(stages) == 1:
        plan.path = [("discovery", plan.created)]
    else:
        entered = min(-2, max(plan.created + 3 * len(stages), rng.uniform(*RECENT[plan.letter])))
        plan.path = [*spread(stages[:-1], plan.created, entered, rng), (stages[-1], entered)]
    if plan.mockup:
        take_mockup_dates(plan, calendar, rng)
    elif plan.letter == "D":
        if rng.random() < 0.25:
            plan.start = rng.randrange(120, 200)
            plan.target, plan.confidence = plan.start + rng.randrange(30, 90), "low"
    elif plan.letter != "V" or rng.random() < 0.75:
        invent_dates(plan, calendar, shipped, rng)


def take_mockup_dates(plan: Plan, calendar: Calendar, rng: Random) -> None:
    plan.start, plan.target = plan.mockup.get("start"), plan.mockup.get("target")
    plan.confidence = plan.mockup.get("confidence", "")
    if "train" in plan.mockup:
        plan.release = train_name(calendar, plan.mockup["train"])
    if plan.letter in "EL" and plan.start is not None:
        before = plan.start - 70
        early = spread(("discovery", "validation", "definition"), min(plan.created, before), plan.start, rng)
        plan.path = [*early, ("delivery", float(plan.start))]
        plan.created = plan.path[0][1]
        if plan.letter == "L":
            plan.path.append(("launch", -5.0))


def invent_dates(plan: Plan, calendar: Calendar, shipped: dict[str, int], rng: Random) -> None:
    ahead = AHEAD[plan.letter]
    plan.start = rng.randrange(*ahead) if ahead else round(dict(plan.path)["delivery"])
    likely = plan.effort.likely if plan.effort else 4
    plan.target = max(rng.randrange(*TARGETS[plan.letter]), plan.start + 7 * likely + 7)
    plan.confidence = rng.choice(CONFIDENCES[plan.letter])
    if plan.key in OWN_RELEASES:
        plan.release = OWN_RELEASES[plan.key]
        plan.target = shipped[plan.release] - 2
        plan.start = min(plan.start, plan.target - 14)
        return
    if plan.product.is_private:
        return
    steps = [step for step in TRAIN_STEPS[plan.letter] if step is not None and shipped[train_name(calendar, step)] >= plan.target]
    if steps:
        plan.release = train_name(calendar, steps[0])
    if plan.key in LATE:
        plan.target = -LATE[plan.key]
