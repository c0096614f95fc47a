"""How people put it: messages composed from fragments, each with the sentence that says what they need."""

from collections import defaultdict
from random import Random

from integrations.demo.features import Plan
from integrations.demo.sources import rows, toml

STARS = ("★☆☆☆☆", "★★☆☆☆", "★★★☆☆")
TITLE_LENGTH = 76
OFTEN = 3  # how often a sentence written for a feature is said at most


class Voices:
    """Composes sentences and messages; every number, month and place in them is drawn anew."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.words = toml("voices")
        self.first_names = toml("names")["first"]
        self.cores: dict[str, list[str]] = defaultdict(list)
        for row in rows("voices_money") + rows("voices_movement"):
            self.cores[row["feature"]].append(row["sentence"])
        self._used: dict[str, int] = defaultdict(int)

    def fill(self, fragment: str, plan: Plan | None = None) -> str:
        """The fragment with its blanks filled; {want} and {title} come from the feature."""
        rng = self.rng
        return fragment.format(
            n=rng.randrange(2, 10),
            tens=rng.randrange(11, 96),
            hundreds=rng.randrange(105, 960),
            pct=rng.randrange(3, 20),
            money=f"€{rng.randrange(21, 960) * 100:,}",
            month=rng.choice(self.words["months"]),
            weekday=rng.choice(self.words["weekdays"]),
            city=rng.choice(self.words["cities"]),
            name=rng.choice(self.first_names),
            want=plan.want if plan else "",
            title=plan.title if plan else "",
        )

    def line(self, kind: str, plan: Plan | None = None) -> str:
        return self.fill(self.rng.choice(self.words[kind]), plan)

    def need(self, plan: Plan) -> str:
        """What somebody says about a feature they wait for: a sentence written for it, each in turn, or a wish."""
        cores = self.cores.get(plan.key)
        if cores and self._used[plan.key] < OFTEN * len(cores) and self.rng.random() < 0.8:
            self._used[plan.key] += 1
            return self.fill(cores[self._used[plan.key] % len(cores)], plan)
        return self.line("wishes", plan)

    def title(self, sentence: str, plan: Plan) -> str:
        """A subject line: the feature's wish, its name, or the beginning of what they say."""
        choice = self.rng.random()
        if choice < 0.3:
            found = f"{plan.want[0].upper()}{plan.want[1:]}"
        elif choice < 0.45:
            found = plan.title
        else:
            found = sentence.rstrip(".?!")
        if len(found) <= TITLE_LENGTH:
            return found
        return found[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"

    def message(self, source: str, passages: list[str], requester: str, role: str) -> str:
        """A message of the kind that comes through a source, with every passage in it word for word."""
        return getattr(self, f"_{source.replace(' ', '_')}")(passages, requester, role)

    def _between(self, passages: list[str]) -> str:
        """The passages with something about themselves before, between or after them."""
        parts = list(passages)
        parts.insert(self.rng.randrange(len(parts) + 1), self.line("contexts"))
        if self.rng.random() < 0.35:
            extra = self.line("contexts")
            parts.insert(self.rng.randrange(len(parts) + 1), extra)
        return " ".join(parts)

    def _mail(self, passages: list[str], requester: str, role: str) -> str:
        ask = f"\n\n{self.line('asks')}" if self.rng.random() < 0.7 else ""
        opener = f"{self.line('mail_openers')} {self.line('mail_leads')}"
        return f"{opener}\n\n{self._between(passages)}{ask}\n\n{self.line('mail_ends')}\n{requester}"

    def _zendesk(self, passages: list[str], requester: str, role: str) -> str:
        ask = f" {self.line('asks')}" if self.rng.random() < 0.4 else ""
        return f"{self._between(passages)}{ask}\n\n{self.line('ticket_leads')}"

    def _intercom(self, passages: list[str], requester: str, role: str) -> str:
        ask = f"\n{self.line('asks')}" if self.rng.random() < 0.5 else ""
        context = f"\n{self.line('contexts')}" if self.rng.random() < 0.6 else ""
        return f"{self.line('chat_leads')}\n" + "\n".join(passages) + context + ask

    def _call(self, passages: list[str], requester: str, role: str) -> str:
        who = f"{requester}, {role}" if role else requester
        return f"{self.line('call_leads')} {who}. {self.line('call_verbs')} “{self._between(passages)}” {self.line('call_ends')}"

    def _interview(self, passages: list[str], requester: str, role: str) -> str:
        quotes = "\n".join(f"“{said}”" for said in (*passages, self.line("contexts")))
        return f"{self.line('interview_leads')}\n{quotes}\n{self.line('interview_ends')}"

    def _slack(self, passages: list[str], requester: str, role: str) -> str:
        return f"{self.line('slack_leads')} {self._between(passages)}"

    def _portal(self, passages: list[str], requester: str, role: str) -> str:
        return " ".join([*passages, self.line("contexts")])

    def _github(self, passages: list[str], requester: str, role: str) -> str:
        version = ".".join(str(self.rng.randrange(1, 9)) for _ in range(3))
        return f"{' '.join(passages)}\n\nLibrary {version}, region EU. {self.line('asks')}"

    def _app_review(self, passages: list[str], requester: str, role: str) -> str:
        return f"{self.rng.choice(STARS)} {self.line('review_leads')} {' '.join(passages)}"

    def _salesforce(self, passages: list[str], requester: str, role: str) -> str:
        return f"{self.line('lost_leads')} “{' '.join(passages)}” {self.line('lost_ends')}"

    def _exit_talk(self, passages: list[str], requester: str, role: str) -> str:
        return f"{self.line('exit_leads')} “{self._between(passages)}”"
