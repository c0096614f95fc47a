"""What decides the day: the critical path method on plain days, held against a search that tries every slip."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmaps.critical_chain import Circle, Link, Task, earliest, find_chain


def test_the_longest_way_decides_the_day_and_the_others_have_time():
    tasks = {1: Task(0, 10), 2: Task(0, 3), 3: Task(0, 5), 4: Task(0, 1)}
    links = [Link(1, 3, "FS"), Link(2, 3, "FS"), Link(4, 3, "SS")]
    found = find_chain(tasks, links, goals=tasks)
    assert (found.end, found.chain) == (15, [1, 3])
    assert {task: slot.slack for task, slot in found.slots.items()} == {1: 0, 2: 7, 3: 0, 4: 10}


@pytest.mark.parametrize(("kind", "start", "end"), [("FS", 10, 14), ("SS", 0, 10), ("FF", 6, 10)])
def test_each_kind_of_link_holds_up_what_it_says(kind, start, end):
    found = find_chain({1: Task(0, 10), 2: Task(0, 4)}, [Link(1, 2, kind)], goals=[1, 2])
    assert (found.slots[2].start, found.end) == (start, end)


def test_a_later_day_of_ones_own_begins_the_chain():
    found = find_chain({1: Task(0, 3), 2: Task(20, 4)}, [Link(1, 2, "FS")], goals=[2])
    assert (found.chain, found.end, found.slots[1].slack) == ([2], 24, 17)


def test_what_is_no_goal_counts_only_as_far_as_goals_wait_for_it():
    found = find_chain({1: Task(0, 50), 2: Task(0, 4)}, [Link(1, 2, "SS")], goals=[2])
    assert (found.end, found.chain, found.slots[1].slack) == (4, [1, 2], 0)


def test_a_circle_is_refused_with_those_in_it():
    tasks = {n: Task(0, 1) for n in (1, 2, 3)}
    with pytest.raises(Circle) as refused:
        find_chain(tasks, [Link(1, 2, "FS"), Link(2, 3, "SS"), Link(3, 2, "FF")], goals=[3])
    assert refused.value.tasks == [2, 3]


@st.composite
def networks(draw):
    """Up to seven tasks; links go from lower to higher numbers, so that none makes a circle."""
    count = draw(st.integers(1, 7))
    tasks = {n: Task(draw(st.integers(0, 12)), draw(st.integers(0, 12))) for n in range(count)}
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10)) if pairs else []
    return tasks, [Link(a, b, draw(st.sampled_from(["FS", "SS", "FF"]))) for a, b in chosen]


def tried(tasks, links) -> dict[int, int]:
    """The earliest starts, found by pushing back whatever breaks a link until none does."""
    starts = {number: task.start for number, task in tasks.items()}
    while late := [link for link in links if starts[link.after] < earliest(link, tasks, starts)]:
        starts[late[0].after] += 1
    return starts


def last_day(tasks, links) -> int:
    return max(start + tasks[number].days for number, start in tried(tasks, links).items())


@given(networks())
def test_slack_is_by_how_much_a_task_may_slip_without_moving_the_last_day(network):
    tasks, links = network
    found = find_chain(tasks, links, goals=tasks)
    assert {number: slot.start for number, slot in found.slots.items()} == tried(tasks, links)
    assert found.end == last_day(tasks, links)
    for number, slot in found.slots.items():
        assert slot.slack >= 0
        for slip, moves in ((slot.slack, False), (slot.slack + 1, True)):
            slipped = tasks | {number: Task(slot.start + slip, tasks[number].days)}
            assert (last_day(slipped, links) > found.end) == moves


@given(networks())
def test_the_chain_reaches_the_last_day_without_a_day_between(network):
    tasks, links = network
    found = find_chain(tasks, links, goals=tasks)
    starts = {number: slot.start for number, slot in found.slots.items()}
    assert starts[found.chain[0]] == tasks[found.chain[0]].start
    assert found.slots[found.chain[-1]].finish == found.end
    assert all(found.slots[number].slack == 0 for number in found.chain)
    for before, after in pairwise(found.chain):
        assert any(earliest(link, tasks, starts) == starts[after] for link in links if (link.before, link.after) == (before, after))
