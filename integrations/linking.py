"""What a file says of its rows' relations to each other: settled when all rows are there, so that a row may name a later one.

A rehearsal decides by the very same code and joins nothing: the rows are not there to be joined.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import batched
from typing import Any

from core.acts import Because, act, attempt, retried
from core.exceptions import Refused
from integrations import events
from integrations.models import ImportRow
from integrations.references import Known, Unmatched
from integrations.targets.base import Identity, Links

CHUNK = 200  # references an act
LONGEST_TEXT = 500  # of a reference that is kept
Outcome = ImportRow.Outcome


@dataclass(frozen=True, slots=True)
class Mention:
    """One reference of one row: what it says, and what became of it. `ends` are the rows it joins, where it joins any."""

    number: int
    field: str
    text: str
    outcome: str = Outcome.REFUSED
    reason: str = ""
    leads_to: str = ""
    ends: tuple[Identity, Identity] | None = None


type KeepMentions = Callable[[Sequence[Mention]], None]


@dataclass
class Linker:
    """Collects the references of a file's rows, and settles them in the end."""

    links: Links
    user: Any
    product: Any
    source: str
    rows: dict[Identity, str] = field(default_factory=dict)  # of the file, that are or would be there: their label
    waiting: list[tuple[Identity | None, Mention]] = field(default_factory=list)

    def note(self, number: int, outside_id: str | None, label: str, references: Sequence[tuple[str, str]]) -> None:
        """The row is there under this id, or is not (None), and refers so: (field, text)."""
        identity = ("id", outside_id) if outside_id else None
        if identity:
            self.rows[identity] = label
        self.waiting += [(identity, Mention(number, key, text[:LONGEST_TEXT])) for key, text in references]

    def settle(self, because: Because, keep: KeepMentions, *, rehearse: bool) -> Iterator[None]:
        """Each reference joins two rows, or is kept with the reason why not; yields after each part."""
        if not self.waiting:
            return
        for part in batched(self._decided(), CHUNK):
            if rehearse:
                keep(part)
            else:
                retried(partial(self._join, part, because, keep), "import_references")
            yield

    def _decided(self) -> Iterator[Mention]:
        known: Known[Identity] = Known()
        for identity, label, names in self.links.names(self.user, self.product, self.source, {m.text for _, m in self.waiting}):
            known.add(identity, label, names)
        for identity, label in self.rows.items():
            known.add(identity, label, [identity[1].removeprefix(f"{self.source}:")])
        standing = {key: self.links.standing(self.user, self.product, key) for key in {mention.field for _, mention in self.waiting}}
        said: dict[tuple[str, Identity, Identity], int] = {}
        for identity, mention in self.waiting:
            yield self._decide(known, standing[mention.field], said, identity, mention)

    def _decide(self, known: Known[Identity], standing: set, said: dict, identity: Identity | None, mention: Mention) -> Mention:
        try:
            if identity is None:
                raise Unmatched("Its row was refused.")
            other = known.find(mention.text)
            if other == identity:
                raise Unmatched("It names itself.")
        except Unmatched as error:
            return replace(mention, reason=str(error))
        ends = (identity, other)
        mention = replace(mention, leads_to=known.labels[other][:200], ends=ends)
        ways = [ends, ends[::-1]] if mention.field in self.links.mutual else [ends]
        for way in ways:
            if (row := said.get((mention.field, *way))) is not None:
                why = f"Row {row} says so." if row != mention.number else "It is said twice."
                return replace(mention, outcome=Outcome.SAME, reason=why)
            if way in standing:
                return replace(mention, outcome=Outcome.SAME, reason="It stands already.")
        said[(mention.field, *ends)] = mention.number
        return replace(mention, outcome=Outcome.MADE)

    def _join(self, part: Sequence[Mention], because: Because, keep: KeepMentions) -> None:
        """A part's references stand, in one act; one that a rule is against is refused alone."""
        with act(self.user, verb=events.ROWS_IMPORTED, because=because):
            made = [mention for mention in part if mention.outcome == Outcome.MADE]
            try:
                with attempt():
                    self._join_all(made)
            except Refused:
                part = [self._join_one(mention) if mention.outcome == Outcome.MADE else mention for mention in part]
            keep(part)

    def _join_all(self, mentions: Sequence[Mention]) -> None:
        for key in dict.fromkeys(mention.field for mention in mentions):
            self.links.join(self.user, self.product, key, [mention.ends for mention in mentions if mention.field == key and mention.ends])

    def _join_one(self, mention: Mention) -> Mention:
        try:
            with attempt():
                self._join_all([mention])
        except Refused as error:
            return replace(mention, outcome=Outcome.REFUSED, reason=str(error)[:300])
        return mention
