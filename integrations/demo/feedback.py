"""Two and a half thousand messages, what they ask for and what became of them."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from integrations.demo.features import Plan, declined_because
from integrations.demo.records import Account, Evidence, Feedback, Requester
from integrations.demo.sources import HISTORY_DAYS, Calendar, email, toml
from integrations.demo.voices import Voices

TOTAL = 2500
DECLINED = {"never": 120, "already": 170}  # what we will not build, and what was there when they asked
SNOOZED = 9
PRAISE = 120
NEW_DAYS = 45  # what is older has been looked at
SECOND_WISH = 0.24  # share of messages that ask for a second thing

# How requests come in, by kind; a source written by one of us carries a submitter.
SOURCES = {
    "request": ("mail", "mail", "mail", "zendesk", "zendesk", "intercom", "call", "call", "slack", "portal"),
    "problem": ("zendesk", "zendesk", "zendesk", "mail", "intercom", "slack"),
    "question": ("intercom", "mail", "zendesk"),
    "praise": ("mail", "intercom", "portal"),
    "interview": ("interview",),
    "lost deal": ("salesforce",),
    "exit interview": ("exit talk",),
}
ON_BEHALF = ("call", "slack", "interview", "salesforce", "exit talk")
LOOSE_SOURCES = {"github": ("CON", "INS"), "app review": ("DSP", "RET", "PAY", "OUT", "TRM")}
PREFIXES = {
    "mail": "mail-", "zendesk": "", "intercom": "conv-", "call": "call-", "slack": "slack-", "portal": "vote-", "github": "quayside/sdk#",
    "app review": "store-", "interview": "int-", "salesforce": "opp-", "exit talk": "exit-",
}  # fmt: skip
IMPORTANCE = {"nice": 30, "important": 50, "critical": 20}


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants a feature; `kind` says how it came up."""

    requester: Requester
    plan: Plan
    kind: str


class Desk:
    """Takes messages down: gives each a source, a day, a text, and keeps every source id and text apart."""

    def __init__(
        self, calendar: Calendar, accounts: dict[str, Account], linkers: dict[str, str], made: dict[str, datetime], rng: Random
    ) -> None:
        self.calendar, self.accounts, self.linkers, self.made, self.rng = calendar, accounts, linkers, made, rng
        self.voices = Voices(rng)
        self.texts: set[str] = set()
        self.numbers: dict[str, int] = defaultdict(lambda: 1000)

    def source_id(self, source: str) -> str:
        self.numbers[source] += self.rng.randrange(1, 9)
        return f"{PREFIXES[source]}{self.numbers[source]}"

    def day(self, wish: Wish, since: float | None) -> datetime:
        """When somebody wrote: while the account was with us, mostly before the feature was there, problems after; never before `since`."""
        account = self.accounts.get(wish.requester.account)
        first, last = -HISTORY_DAYS + 2.0, -0.1
        shipped = dict(wish.plan.path).get("iteration") if wish.plan.is_shipped else None
        if shipped is not None:
            first, last = (shipped, last) if wish.kind in ("problem", "praise", "question") else (first, max(first + 10, shipped))
        if since is not None:
            first, last = since, -0.1
        if account is not None:
            first = max(first, (account.created_at - self.calendar.end).days + 1)
            if account.ended_on:
                end = min((account.ended_on - self.calendar.today).days + 9, -0.1)
                first, last = (end - 16, end) if wish.kind in ("lost deal", "exit interview") else (first, min(last, end))
        first = min(first, last - 0.5)
        offset = first + (last - first) * self.rng.random() ** 0.8
        return max(self.calendar.start + timedelta(days=1), self.calendar.end + timedelta(days=offset))

    def take_down(self, wishes: list[Wish], state: str, since: float | None = None, reason: str = "") -> Feedback:
        """One message in which a requester says all these things about one product."""
        first = wishes[0]
        requester, plan, kind = first.requester, first.plan, first.kind
        account = self.accounts.get(requester.account)
        at = self.day(first, since)
        source = self.source(first)
        text, passages = self.words(wishes, source)
        submitter = self.submitter(source, account, plan)
        deal, closes = self.deal(kind, account, at)
        account_state, revenue = standing(account, at)
        return Feedback(
            key="",
            title=self.voices.title(passages[0], plan),
            text=text,
            kind=kind,
            source=source,
            source_id="",
            requester=requester.key,
            submitter=submitter,
            product=plan.product.key,
            tags=tuple(sorted(self.rng.sample(self.voices.words["tags"], self.rng.choice((0, 1, 1, 2))))),
            at=at,
            state=state,
            declined_because=reason,
            account_state=account_state,
            account_revenue=revenue,
            deal_size=deal,
            deal_closes_on=closes,
            competitor=self.rng.choice(self.voices.words["competitors"]) if kind == "lost deal" else "",
            evidence=self.link(wishes, passages, at, submitter) if state == "triaged" and kind != "praise" else (),
        )

    def source(self, wish: Wish) -> str:
        if not wish.requester.account:
            return next((source for source, keys in LOOSE_SOURCES.items() if wish.plan.product.key in keys), "mail")
        return self.rng.choice(SOURCES[wish.kind])

    def words(self, wishes: list[Wish], source: str) -> tuple[str, list[str]]:
        """A text nobody has written before, and the passages in it."""
        requester = wishes[0].requester
        while True:
            passages = [self.passage(wish) for wish in wishes]
            if wishes[0].kind == "praise":
                text = f"{passages[0]} {self.voices.line('thanks')}"
            else:
                text = self.voices.message(source, passages, requester.name, requester.role)
            if text not in self.texts:
                self.texts.add(text)
                return text, passages

    def passage(self, wish: Wish) -> str:
        if wish.kind == "praise":
            return self.voices.line("praise", wish.plan)
        if wish.plan.is_noticed and wish.kind == "problem":
            return self.voices.line("troubles", wish.plan)
        if wish.plan.is_noticed and wish.kind == "question":
            return self.voices.line("questions", wish.plan)
        return self.voices.need(wish.plan)

    def submitter(self, source: str, account: Account | None, plan: Plan) -> str:
        if source not in ON_BEHALF:
            return ""
        if source == "interview" or account is None or plan.product.is_private:
            return self.linkers[plan.product.key]
        return account.owner

    def deal(self, kind: str, account: Account | None, at: datetime):
        """Size and day of the deal that hangs on it: always on a lost deal, on one in four requests of a prospect."""
        if account is None or (kind != "lost deal" and not (account.state == "prospect" and self.rng.random() < 0.25)):
            return None, None
        size = max(1000, round(account.revenue * self.rng.uniform(0.3, 1), -3))
        return int(size), (at + timedelta(days=-2 if kind == "lost deal" else self.rng.randrange(20, 120))).date()

    def link(self, wishes: list[Wish], passages: list[str], at: datetime, submitter: str) -> tuple[Evidence, ...]:
        found = []
        for wish, passage in zip(wishes, passages, strict=True):
            linked = max(at, self.made[wish.plan.key]) + timedelta(hours=self.rng.uniform(1, 70))
            importance = self.rng.choices(list(IMPORTANCE), list(IMPORTANCE.values()))[0]
            by = submitter or self.linkers[wish.plan.product.key]
            found.append(Evidence(wish.plan.key, passage, importance, min(linked, self.calendar.end - timedelta(minutes=1)), by))
        return tuple(found)


def standing(account: Account | None, at: datetime) -> tuple[str, int | None]:
    """State and yearly revenue of an account on the day somebody wrote; revenue grew by about a tenth a year since."""
    if account is None:
        return "", None
    if account.ended_on and at.date() >= account.ended_on:
        state = "churned" if account.state == "churned" else "lost"
    elif account.customer_since and at.date() >= account.customer_since:
        state = "customer"
    else:
        state = "prospect"
    years = max(0, (account.created_at - at).days) / 365
    return state, round(account.revenue / 1.1**years)


def feedback(plans: list[Plan], asking: dict[str, list[Requester]], everybody: tuple[Requester, ...], desk: Desk) -> tuple[Feedback, ...]:
    """All messages in the order of their days, numbered in it."""
    scripted = [scripted_message(row, everybody, desk) for row in toml("inbox")["message"]]
    taken = {(message.requester, link.feature) for message in scripted for link in message.evidence}
    linked = [desk.take_down(wishes, "triaged") for wishes in messages(plans, asking, desk.accounts, taken, desk.rng)]
    open_plans = [plan for plan in plans if not plan.product.is_private]
    customers = [person for person in everybody if person.account and desk.accounts[person.account].state == "customer"]
    aside = set_aside(open_plans, customers, desk)
    fresh = [wait(open_plans, customers, desk, index < SNOOZED) for index in range(TOTAL - len(scripted) - len(linked) - len(aside))]
    ordered = sorted([*scripted, *linked, *aside, *fresh], key=lambda message: (message.at, message.title))
    return tuple(
        replace(message, key=f"FB-{number}", source_id=message.source_id or desk.source_id(message.source))
        for number, message in enumerate(ordered, start=1)
    )


def set_aside(plans: list[Plan], customers: list[Requester], desk: Desk) -> list[Feedback]:
    """Messages that asked for what we will not build or had built already, and kind words."""
    rng = desk.rng
    declined = [plan for plan in plans if plan.declined is not None]
    live = [plan for plan in plans if plan.is_noticed and dict(plan.path)["iteration"] < -20]
    found = []
    for _ in range(DECLINED["never"]):
        plan = rng.choice(declined)
        reason = declined_because(plan)
        found.append(desk.take_down([Wish(rng.choice(customers), plan, "request")], "declined", since=plan.created, reason=reason))
    for _ in range(DECLINED["already"]):
        plan = rng.choice(live)
        shipped = dict(plan.path)["iteration"]
        reason = desk.voices.line("already_there")
        found.append(desk.take_down([Wish(rng.choice(customers), plan, "request")], "declined", since=shipped + 5, reason=reason))
    return found + [desk.take_down([Wish(rng.choice(customers), rng.choice(live), "praise")], "triaged") for _ in range(PRAISE)]


def wait(plans: list[Plan], customers: list[Requester], desk: Desk, is_snoozed: bool) -> Feedback:
    """A message of the last weeks that nobody has worked on yet."""
    kind = desk.rng.choice(("request", "request", "problem", "question"))
    plan = desk.rng.choice([plan for plan in plans if (plan.is_open if kind == "request" else plan.is_noticed)])
    return desk.take_down([Wish(desk.rng.choice(customers), plan, kind)], "snoozed" if is_snoozed else "new", since=-NEW_DAYS)


def messages(
    plans: list[Plan], asking: dict[str, list[Requester]], accounts: dict[str, Account], taken: set, rng: Random
) -> list[list[Wish]]:
    """Every wish in one message; some people ask for a second thing about the same product in the same message."""
    waiting: dict[tuple[str, str], list[Wish]] = defaultdict(list)
    for plan in plans:
        for person in asking[plan.key]:
            if (person.key, plan.key) not in taken:
                waiting[person.key, plan.product.key].append(Wish(person, plan, kind_of(plan, accounts.get(person.account), rng)))
    found = []
    for wishes in waiting.values():
        while wishes:
            first = wishes.pop()
            fits = wishes and rng.random() < SECOND_WISH * 2 and first.kind == wishes[-1].kind
            found.append([first, wishes.pop()] if fits else [first])
    return found


def kind_of(plan: Plan, account: Account | None, rng: Random) -> str:
    if plan.is_noticed and rng.random() < 0.35:
        return "problem"
    if account is not None and account.state == "lost":
        return "lost deal"
    if account is not None and account.state == "churned" and rng.random() < 0.5:
        return "exit interview"
    return rng.choices(("request", "interview", "problem"), (80, 12, 8))[0]


def scripted_message(row: dict, everybody: tuple[Requester, ...], desk: Desk) -> Feedback:
    """A message written out in full, with the passages that have been linked already."""
    person = next(person for person in everybody if person.name == row["person"] and person.account == row["account"])
    at = desk.calendar.end - timedelta(hours=row["hours"])
    account_state, revenue = standing(desk.accounts.get(person.account), at)
    text = row["text"].strip()
    desk.texts.add(text)
    return Feedback(
        key="",
        title=row["title"],
        text=text,
        kind=row["kind"],
        source=row["source"],
        source_id=row["source_id"],
        requester=person.key,
        submitter=email(row["submitter"]) if "submitter" in row else "",
        product=row["product"],
        tags=tuple(row["tags"]),
        at=at,
        state=row.get("state", "triaged" if "links" in row else "new"),
        declined_because="",
        account_state=account_state,
        account_revenue=revenue,
        deal_size=row.get("deal_size"),
        deal_closes_on=desk.calendar.day(row["close_in"]) if "close_in" in row else None,
        competitor=row.get("competitor", ""),
        evidence=tuple(
            Evidence(link["feature"], link["quote"], link["importance"], at + timedelta(hours=1), desk.linkers[row["product"]])
            for link in row.get("links", ())
        ),
    )
