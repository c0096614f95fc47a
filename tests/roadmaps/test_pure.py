"""Arithmetic of the plan on plain values."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmaps.dependencies import Dates, broken, find_circle
from roadmaps.effort import read_effort, say_effort


@pytest.mark.parametrize(
    ("edges", "new", "circle"),
    [
        ([], (1, 2), None),
        ([], (1, 1), [1, 1]),
        ([(2, 1)], (1, 2), [1, 2, 1]),
        ([(1, 2), (2, 3)], (3, 1), [3, 1, 2, 3]),
        ([(1, 2), (2, 3), (1, 3)], (4, 1), None),
        ([(1, 2), (2, 3), (3, 4), (2, 4)], (4, 2), [4, 2, 4]),
    ],
)
def test_a_circle_is_found_with_its_path(edges, new, circle):
    assert find_circle(edges, new) == circle


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=40))
def test_edges_taken_while_no_circle_is_found_never_form_one(pairs):
    taken = []
    for edge in pairs:
        path = find_circle(taken, edge)
        if path is None:
            taken.append(edge)
        else:
            assert (path[0], path[1], path[-1]) == (*edge, edge[0])
            assert all(step in taken for step in pairwise(path[1:]))
    waiting_for = {node: {a for a, b in taken if b == node} for pair in taken for node in pair}
    while free := [node for node, before in waiting_for.items() if not before]:
        waiting_for = {node: before - set(free) for node, before in waiting_for.items() if node not in free}
    assert waiting_for == {}


def test_a_hundred_thousand_edges_in_a_row_are_searched_without_recursion():
    edges = [(n, n + 1) for n in range(100_000)]
    assert len(find_circle(edges, (100_000, 0))) == 100_002


JAN, FEB = date(2027, 1, 10), date(2027, 2, 27)


@pytest.mark.parametrize(
    ("kind", "predecessor", "successor", "needed_by", "days"),
    [
        ("FS", Dates(None, date(2027, 3, 11)), Dates(FEB, None), None, 12),
        ("FS", Dates(None, FEB), Dates(FEB, None), None, 0),
        ("FS", Dates(JAN, FEB), Dates(JAN, FEB), date(2027, 3, 1), 0),
        ("SS", Dates(FEB, None), Dates(JAN, None), None, 48),
        ("FF", Dates(None, FEB), Dates(None, JAN), None, 48),
        ("FS", Dates(None, None), Dates(JAN, None), None, None),
        ("FF", Dates(None, FEB), Dates(JAN, None), None, None),
        ("relates", Dates(JAN, FEB), Dates(JAN, JAN), JAN, None),
    ],
)
def test_a_dependency_is_broken_by_days(kind, predecessor, successor, needed_by, days):
    assert broken(kind, predecessor, successor, needed_by) == days


@pytest.mark.parametrize(
    ("text", "effort"),
    [
        ("", (None, None, None)),
        ("8", (8, 8, 8)),
        ("6-11", (6, Decimal("8.5"), 11)),
        ("6–11", (6, Decimal("8.5"), 11)),
        ("6/8/11", (6, 8, 11)),
        (" 6 · 8 · 11 pw", (6, 8, 11)),
        ("6 to 11", (6, Decimal("8.5"), 11)),
        ("1,5-2", (Decimal("1.5"), Decimal("1.75"), 2)),
        ("0", (0, 0, 0)),
    ],
)
def test_effort_is_read_as_people_type_it(text, effort):
    assert read_effort(text) == effort


@pytest.mark.parametrize("text", ["x", "11-6", "1/2/3/4", "-3", "NaN", "1e9", "6-", "∞", "9" * 400, "1e999999"])
def test_effort_nobody_can_read_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$"):
        read_effort(text)


@given(st.lists(st.decimals(0, 9999, places=2), min_size=1, max_size=3).map(sorted))
def test_effort_said_whole_is_read_back_the_same(numbers):
    effort = read_effort("/".join(f"{n:f}" for n in numbers))
    assert read_effort(say_effort(*effort, joint="/", whole=True)) == effort
