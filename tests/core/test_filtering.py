"""Filters as text: read into a tree and said again without loss; days as people write them; the form that builds one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.filtering import Compare, Either, Every, FilterError, Node, Not, Words, read, say
from core.filtering.days import span

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("   ", None),
        ("pay", Words("pay")),
        ('"split settlement"', Words("split settlement")),
        ("stage:delivery", Compare("stage", ":", ("delivery",))),
        ("Stage:delivery,launch", Compare("stage", ":", ("delivery", "launch"))),
        ("stage=delivery", Compare("stage", ":", ("delivery",))),
        ('initiative:"Settle in a day",none', Compare("initiative", ":", ("Settle in a day", "none"))),
        ("score>70", Compare("score", ">", ("70",))),
        ("score >= 70", Compare("score", ">=", ("70",))),
        ("target>-7d", Compare("target", ">", ("-7d",))),
        ("owner:#12", Compare("owner", ":", ("#12",))),
        ("-tag:infra", Not(Compare("tag", ":", ("infra",)))),
        ("not tag:infra", Not(Compare("tag", ":", ("infra",)))),
        ("-(a b)", Not(Every((Words("a"), Words("b"))))),
        ("a b", Every((Words("a"), Words("b")))),
        ("a and b", Every((Words("a"), Words("b")))),
        ("a or b c", Either((Words("a"), Every((Words("b"), Words("c")))))),
        ("(a or b) c", Every((Either((Words("a"), Words("b"))), Words("c")))),
        ('"or"', Words("or")),
        ("follow-up 3:1", Every((Words("follow-up"), Words("3:1")))),
        (
            "stage:delivery score>70 owner:me -tag:infra",
            Every((
                Compare("stage", ":", ("delivery",)), Compare("score", ">", ("70",)),
                Compare("owner", ":", ("me",)), Not(Compare("tag", ":", ("infra",))),
            )),
        ),
    ],
)  # fmt: skip
def test_a_text_is_read_as_what_it_says(text, tree):
    assert read(text) == tree
    assert read(say(tree)) == tree


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a or", "A condition is missing at the end."),
        ("or a", "A condition is missing before “or”."),
        ("(a", "A bracket is opened and not closed."),
        ("a)", "There is a closing bracket too many."),
        ("()", "A condition is missing before “)”."),
        ("stage:", "“stage:” is followed by no value."),
        ("stage:a,", "“stage:” is followed by no value."),
        ('stage:"a', "A quote is opened and not closed."),
        ('"a', "A quote is opened and not closed."),
        ("a\x00", "A filter is made of characters that can be read."),
        ("a " * 1001, "A filter has at most 2,000 characters."),
        ("a " * 101, "A filter has at most 100 conditions."),
        ("(" * 14 + "a" + ")" * 14, "Brackets are nested more than 12 deep."),
        ("not " * 14 + "a", "Brackets are nested more than 12 deep."),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(text, sentence):
    with pytest.raises(FilterError, match=r".") as refused:
        read(text)
    assert str(refused.value) == sentence


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12)
names = st.from_regex(r"[a-z][a-z_0-9]{0,8}", fullmatch=True)
leaves = st.builds(Words, texts) | st.builds(
    Compare, names, st.sampled_from([":", ">", ">=", "<", "<="]), st.lists(texts, min_size=1, max_size=3).map(tuple)
)
groups = st.sampled_from([Every, Either])
trees = st.recursive(
    leaves,
    lambda part: st.builds(Not, part) | st.builds(lambda kind, parts: kind(tuple(parts)), groups, st.lists(part, min_size=2, max_size=3)),
    max_leaves=8,
)


def read_or_refused(text: str) -> tuple[Node | None, str]:
    """The tree, or the sentence with which the text is refused."""
    try:
        return read(text), ""
    except FilterError as error:
        return None, str(error)


@given(trees)
def test_any_filter_is_the_same_after_it_was_said_and_read_again(tree):
    text = say(tree)
    again, sentence = read_or_refused(text)
    if sentence:
        assert "deep" in sentence or "characters" in sentence
    else:
        assert again == tree
        assert say(again) == text


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(text):
    tree, sentence = read_or_refused(text)
    assert sentence.endswith(".") if sentence else read(say(tree)) == tree


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-01", date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("today", MONDAY, MONDAY),
        ("Yesterday", date(2026, 11, 22), date(2026, 11, 22)),
        ("tomorrow", date(2026, 11, 24), date(2026, 11, 24)),
        ("this-week", MONDAY, date(2026, 11, 29)),
        ("last-week", date(2026, 11, 16), date(2026, 11, 22)),
        ("this-month", date(2026, 11, 1), date(2026, 11, 30)),
        ("next-month", date(2026, 12, 1), date(2026, 12, 31)),
        ("next-quarter", date(2027, 1, 1), date(2027, 3, 31)),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("+30d", date(2026, 12, 23), date(2026, 12, 23)),
        ("-2w", date(2026, 11, 9), date(2026, 11, 9)),
        ("+3m", date(2027, 2, 23), date(2027, 2, 23)),
        ("-1y", date(2025, 11, 23), date(2025, 11, 23)),
    ],
)
def test_days_are_written_as_people_say_them(text, first, last):
    assert span(text, MONDAY) == (first, last)


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-02-30", "2026-q5", "9999", "+9999y", "²026", "-7", "0001-01-01"])
def test_what_is_no_day_is_none(text):
    assert span(text, MONDAY) is None


def test_a_month_ends_where_it_is_shorter():
    assert span("+1m", date(2027, 1, 31)) == (date(2027, 2, 28), date(2027, 2, 28))


@given(
    st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.sampled_from(["this-week", "last-month", "next-quarter", "this-year", "-3m", "+5q"])
)
def test_a_span_ends_after_it_begins_and_this_one_holds_today(today, text):
    first, last = span(text, today)
    assert first <= last
    assert not text.startswith("this") or first <= today <= last
