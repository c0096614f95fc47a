"""Differences as people read them."""

from hypothesis import given
from hypothesis import strategies as st

from core.comparison import ADDED, CHANGED, MOST_WORDS, REMOVED, SAME, compare, count

TEXT = st.text(alphabet="ab c\n", max_size=80)


def said(lines, *kinds):
    texts = ["".join(part.text for part in line.parts if part.kind in kinds) for line in lines]
    return [text for line, text in zip(lines, texts, strict=True) if line.kind in (*kinds, CHANGED)]


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_comparison(old, new):
    lines = compare(old, new)
    assert said(lines, SAME, REMOVED) == old.splitlines()
    assert said(lines, SAME, ADDED) == new.splitlines()


def test_a_changed_word_is_marked_inside_its_line():
    (line,) = compare("It costs two days a month.", "It costs three days a month.")
    assert (line.kind, [(p.kind, p.text) for p in line.parts if p.kind != SAME]) == (CHANGED, [(REMOVED, "two"), (ADDED, "three")])


def test_a_line_in_the_place_of_a_quite_different_one_is_one_removed_and_one_added():
    assert [line.kind for line in compare("Merchants wait.", "Nobody has asked for this yet, so we do nothing.")] == [REMOVED, ADDED]


def test_counting_takes_a_changed_line_as_both():
    assert count(compare("a b c\nd", "a b x\nd\ne")) == (2, 1)


def test_a_line_too_long_to_compare_by_word_is_taken_as_a_whole():
    assert [line.kind for line in compare("a " * MOST_WORDS, "a " * (MOST_WORDS + 1))] == [REMOVED, ADDED]
