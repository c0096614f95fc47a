"""Passages and likeness: plain values in, plain values out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.passages import Span, find_again, paragraphs, sentences, trimmed
from feedback.similarity import CLOSE, likeness, say_why, stem, telling_words

TEXT = "Hi Petra, following up. We went live in October.\n\nWe close four entities by hand. It takes three days!\nDana"


def said(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("No stop at the end", ["No stop at the end"]),
        ("Ask Dr. Reuter, e.g. today. Then go.", ["Ask Dr. Reuter, e.g. today.", "Then go."]),
        ("It costs 3.50 a day. “Too much.” He left…", ["It costs 3.50 a day.", "“Too much.”", "He left…"]),
        ("line\n\n  other line  \n", ["line", "other line"]),
        ("", []),
        ("   \n \n", []),
        ("¿Cuándo? Mañana.", ["¿Cuándo?", "Mañana."]),
    ],
)
def test_a_text_is_cut_at_its_sentences(text, expected):
    assert said(text) == expected


def test_paragraphs_and_lines_stand_as_they_were_written():
    shown = [["".join(piece.text for piece in line) for line in lines] for lines in paragraphs(TEXT, [])]
    assert shown == [["Hi Petra, following up. We went live in October."], ["We close four entities by hand. It takes three days!", "Dana"]]


def test_a_passage_over_two_paragraphs_is_marked_in_both():
    span = Span(TEXT.index("We went"), TEXT.index(" by hand"))
    marked = ["".join(p.text for line in lines for p in line if p.links == (7,)) for lines in paragraphs(TEXT, [(7, span)])]
    assert marked == ["We went live in October.", "We close four entities"]


def test_passages_that_overlap_share_their_words():
    pieces = [p for lines in paragraphs("abc def ghi", [(1, Span(0, 7)), (2, Span(4, 11))]) for line in lines for p in line]
    assert [(p.text, p.links) for p in pieces] == [("abc ", (1,)), ("def", (1, 2)), (" ghi", (2,))]


@given(st.text(alphabet=st.characters(exclude_characters="\r\x00"), max_size=120), st.data())
def test_nothing_but_line_ends_is_lost_and_offsets_are_true(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    pieces = [p for lines in paragraphs(text, [(1, Span(start, end))] if start < end else []) for line in lines for p in line]
    assert all(text[p.start : p.start + len(p.text)] == p.text for p in pieces)
    shown = "".join(p.text for p in pieces)
    assert "".join(shown.split()) == "".join(text.split())
    for span in sentences(text):
        assert text[span.start : span.end].strip() == text[span.start : span.end] != ""


def test_a_quote_is_found_again_where_it_stood_nearest():
    assert find_again("pay", "pay me, pay me, pay", 9) == Span(8, 11)
    assert find_again("gone", "pay me", 0) is None
    assert trimmed("  word  ", 0, 8) == Span(2, 6)


def test_texts_that_want_the_same_are_alike_and_others_are_not():
    wish = "They run six brand companies under one contract. Payouts must land per legal entity with a statement each."
    same = likeness(wish, "One payout per legal entity, with its own statement, for each brand company.", "Split settlement by entity")
    other = likeness(wish, "The driver app forgets the depot at every login.", "Driver app login")
    assert same.score >= CLOSE / 2 > other.score
    assert "entity" in same.shared


def test_words_are_compared_without_case_accents_and_endings():
    assert telling_words("The Payouts, and a Señor") == ["payouts", "senor"]
    assert stem("payouts") == stem("payout")
    assert likeness("", "anything").score == 0


def test_the_reason_names_the_words_both_have():
    assert say_why(["settlement", "entity"]) == "names “settlement” and “entity”"
    assert say_why(["entity"]) == "names “entity”"
    assert say_why([]) == "same need, other words"
