"""Reading text as sections, and merging two people's texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.sections import LONGEST, Section, merge, read_sections, unfilled, write_text

TEXT = st.text(alphabet="ab #`~\n\r\t\0é-", max_size=200)


def test_a_text_is_read_as_sections():
    text = "before\n\n## Problem\nIt hurts.\n\n## Outcome ##\n\n- less pain\n"
    assert read_sections(text) == [Section("", "before"), Section("Problem", "It hurts."), Section("Outcome", "- less pain")]


def test_a_heading_inside_a_fenced_block_is_text():
    text = "## Problem\n```\n## not a heading\n```\n## Outcome\n"
    assert [section.heading for section in read_sections(text)] == ["Problem", "Outcome"]


@pytest.mark.parametrize("line", ["# Title", "### Deeper", "##without a space", "##", "## "])
def test_other_lines_open_no_section(line):
    assert [section.heading for section in read_sections(f"## Problem\n{line}\n")] == ["Problem"]


@pytest.mark.parametrize("text", ["## Same\na\n## same\nb", "## " + "x" * 201, "x" * (LONGEST + 1)])
def test_what_cannot_be_kept_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\w.*\."):
        read_sections(text)


@given(TEXT)
def test_writing_what_was_read_reads_the_same(text):
    try:
        sections = read_sections(text)
    except ValueError:
        return
    assert read_sections(write_text(sections)) == sections


def test_blank_sections_count_as_unfilled_whatever_the_case_of_their_heading():
    assert unfilled(["Problem", "Outcome", "Risk"], [Section("problem", "x"), Section("Outcome", " \n")]) == ["Outcome", "Risk"]


BASE = [Section("Problem", "p"), Section("Outcome", "o"), Section("Risk", "r")]


def changed(**texts):
    return [Section(s.heading, texts.get(s.heading, s.text)) for s in BASE if texts.get(s.heading, "") is not None]


def test_changes_of_different_sections_come_together():
    merged, clashes = merge(BASE, changed(Problem="mine"), changed(Outcome="theirs"))
    assert (merged, clashes) == (changed(Problem="mine", Outcome="theirs"), [])


def test_the_same_change_by_both_is_no_clash():
    assert merge(BASE, changed(Problem="new"), changed(Problem="new")) == (changed(Problem="new"), [])


def test_different_changes_of_one_section_clash():
    merged, clashes = merge(BASE, changed(Problem="mine"), changed(Problem="theirs", Risk="safe"))
    assert [tuple(clash) for clash in clashes] == [("Problem", "mine", "theirs", "p")]
    assert merged == changed(Problem="mine", Risk="safe")


def test_a_section_one_changed_and_the_other_took_out_clashes():
    _, clashes = merge(BASE, changed(Risk=None), changed(Risk="worse"))
    assert [tuple(clash) for clash in clashes] == [("Risk", None, "worse", "r")]


def test_a_section_taken_out_that_the_other_left_alone_is_gone():
    assert merge(BASE, changed(Risk=None), BASE)[0] == changed(Risk=None)
    assert merge(BASE, BASE, changed(Risk=None))[0] == changed(Risk=None)


def test_a_section_somebody_added_stands_where_they_put_it():
    theirs = [BASE[0], Section("Why now", "because"), *BASE[1:]]
    merged, clashes = merge(BASE, changed(Risk="mine"), theirs)
    assert ([section.heading for section in merged], clashes) == (["Problem", "Why now", "Outcome", "Risk"], [])


@pytest.mark.parametrize(("choice", "text"), [("mine", "mine"), ("theirs", "theirs")])
def test_a_choice_settles_a_clash(choice, text):
    assert merge(BASE, changed(Problem="mine"), changed(Problem="theirs"), {"Problem": choice}) == (changed(Problem=text), [])


HEADINGS = st.lists(st.sampled_from("abcd"), unique=True)


@given(HEADINGS, HEADINGS)
def test_merging_with_somebody_who_changed_nothing_gives_mine(base, mine):
    was, here = ([Section(name, name) for name in names] for names in (base, mine))
    assert merge(was, here, was) == (here, [])
