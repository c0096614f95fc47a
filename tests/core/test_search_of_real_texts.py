"""Search over texts people really wrote: proposals, standards, features, reviews. A few words with a slip lead back to the text."""

import csv
import itertools
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from django.urls import reverse

from core.hits import find
from core.search import words_in
from core.services.search import reindex
from feedback.models import Feedback

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REVIEWS, ASKED = 1_500, 100


def real_texts() -> list[tuple[str, str]]:
    """Title and text of each."""
    assert (DATA / "keps").exists(), f"The real input is missing beside the checkout ({DATA})."
    papers = sorted([*(DATA / "keps" / "docs").glob("*.md"), *(DATA / "peps" / "docs").glob("*.rst")])
    found = [(path.stem.replace("-", " "), path.read_text(encoding="utf-8")) for path in papers]
    features = json.loads((DATA / "web-features" / "features.json").read_text(encoding="utf-8")).values()
    found += [(entry["name"], entry["description"]) for entry in features if entry.get("name") and entry.get("description")]
    with (DATA / "play-reviews" / "reviews.csv").open(encoding="utf-8", newline="") as file:
        found += [(row["content"][:80], row["content"]) for row in itertools.islice(csv.DictReader(file), REVIEWS)]
    return found


def slipped(chance: random.Random, word: str) -> str:
    place = chance.randrange(len(word) - 1)
    letter = chance.choice("aeinrst")
    return chance.choice(
        (
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )


@pytest.mark.parametrize("slips", [0, 1])
def test_a_few_words_of_a_real_text_lead_back_to_it(cast, slips):
    texts = real_texts()
    assert len(texts) > 2_000
    rows = Feedback.objects.bulk_create(Feedback(product=cast.own, title=title[:200], text=text) for title, text in texts)
    reindex()
    said = [{word for line in f"{row.title}\n{row.text[:4000]}".splitlines() for word in words_in(line) if word.isalpha()} for row in rows]
    spread = Counter(word for words in said for word in words)
    chance, missed = random.Random(5), []
    places = [place for place, words in enumerate(said) if len([word for word in words if len(word) > 4]) > 5]
    for place in chance.sample(places, ASKED):
        told = sorted((word for word in said[place] if len(word) > 4), key=lambda word: (spread[word], word))[:3]
        if slips:
            told[1] = slipped(chance, told[1])
        hits, _ = find(cast.leader, " ".join(told), 10)
        if reverse("message", args=[rows[place].pk]) not in [hit.url for hit in hits]:
            missed.append((told, rows[place].title))
    assert len(missed) <= ASKED * 0.05, missed
