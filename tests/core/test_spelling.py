"""What counts as a slip, and that no single one is missed."""

import string

import pytest

from core.spelling import closest, ends, slips_in


def one_slip(word: str) -> set[str]:
    """Everything one slip makes of the word."""
    places = range(len(word) + 1)
    cut = {word[:p] + word[p + 1 :] for p in places}
    swapped = {word[:p] + word[p + 1] + word[p] + word[p + 2 :] for p in range(len(word) - 1)}
    other = {word[:p] + letter + word[p + 1 :] for p in places for letter in "aeqz"}
    added = {word[:p] + letter + word[p:] for p in places for letter in "aeqz"}
    return (cut | swapped | other | added) - {word}


@pytest.mark.parametrize("word", ["four", "later", "refund", "payment", "invoices", "settlement", "reconciliation"])
def test_one_slip_spares_the_beginning_or_the_end_that_is_looked_for(word):
    for typed in one_slip(word):
        if slips_in(typed):
            head, tail = ends(typed, 1)
            assert word.startswith(head) or word.endswith(tail), typed
            assert word in closest(typed, [word], 5)[0], typed


@pytest.mark.parametrize(("typed", "meant"), [("sttlemnt", "settlement"), ("recieveable", "receivable"), ("paymnets", "payments")])
def test_two_slips_of_a_long_word_are_forgiven(typed, meant):
    head, tail = ends(typed, 2)
    assert meant.startswith(head) or meant.endswith(tail)
    assert any(meant in alike for alike in closest(typed, [meant], 5))


def test_short_words_are_taken_as_they_are():
    assert [slips_in("x" * length) for length in (1, 3, 4, 7, 8)] == [0, 0, 1, 1, 2]


def test_the_nearer_words_come_apart_from_the_farther():
    near, far = closest("payments", ["payment", "parents", "payments", "movement", "raiments"], 5)
    assert (near, far) == (["payment"], ["parents", "raiments"])


def test_no_more_words_are_tried_than_asked_for():
    alike = closest("later", [letter + "ater" for letter in string.ascii_lowercase], 5)
    assert len(alike[0]) <= 6
