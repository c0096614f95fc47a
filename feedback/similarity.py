"""How much two texts ask for the same thing, and the words that say so. Plain values only."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

WORD = re.compile(r"[^\W\d_]{3,}")
# Words that say nothing of what is wanted, in the languages people write to us most.
EMPTY = frozenset(
    """about after all and again also although always another any anything are asked because been before being between both but can
    cannot could customer customers did does doing done each even ever every feature features for from get give had has have
    having hello help her here him his how however into its just like made make many may more most much must need needs never new
    not now off only other our out over own per please possible request same say says she should since some still such team than
    thank thanks that the their them then there these they thing things this those through time today too two under until use used
    user users using very want wants was way well were what when where which while who why will wish with within without would
    year you your como con cuando del desde donde esta este esto hay las los mas muy nos para pero por porque que ser sin sobre
    son sus tambien tiene una uno unos und der die das den dem des ein eine einer eines fur ist mit nicht auch auf von wir sie ich
    als wie oder aber noch nach bei aus che con del della delle gli non per una uno sono nel nella""".split()  # noqa: SIM905 - a list of this length is read better so
)
CLOSE = 62.0  # from here on two texts look like the same need


@dataclass(frozen=True)
class Likeness:
    """How alike two texts are (0 to 100), and the words they share, as the second one writes them, longest first."""

    score: float
    shared: tuple[str, ...]


def plain(text: str) -> str:
    """Lower case without accents."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def stem(word: str) -> str:
    """The word without its commonest endings, so that payout and payouts are one."""
    for ending in ("ements", "ement", "ations", "ation", "ings", "ing", "ies", "es", "ed", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def telling_words(text: str) -> list[str]:
    """The words that say what is wanted, in their order, each once, as searching knows them."""
    return list(dict.fromkeys(word for word in WORD.findall(plain(text)) if word not in EMPTY))


def likeness(mine: str, theirs: str, title: str = "") -> Likeness:
    """How alike two texts are. `title` is the short name of theirs: a text that holds all of it is about it.

    Half is what share of the fewer telling words both have, half how alike they are spelt as sets (rapidfuzz).
    """
    here, there = {stem(w) for w in telling_words(mine)}, {stem(w): w for w in telling_words(f"{title} {theirs}")}
    if not here or not there:
        return Likeness(0.0, ())
    both = here & set(there)
    share = len(both) / min(len(here), len(there), 8)
    named = {stem(w) for w in telling_words(title)}
    about = len(here & named) / len(named) if named else 0.0
    spelling = fuzz.token_set_ratio(" ".join(sorted(here)), " ".join(sorted(there)))
    score = 45 * min(1.0, share) + 30 * about + 0.25 * spelling if len(both) > 1 or about == 1 else 10 * share
    shared = sorted((there[word] for word in both), key=lambda word: (-len(word), word))
    return Likeness(round(min(score, 100.0), 1), tuple(shared))


def say_why(shared: Sequence[str]) -> str:
    """The reason in words: names “entity” and “settlement”."""
    quoted = [f"“{word}”" for word in shared[:3]]
    if not quoted:
        return "same need, other words"
    return f"names {quoted[0]}" if len(quoted) == 1 else f"names {', '.join(quoted[:-1])} and {quoted[-1]}"
