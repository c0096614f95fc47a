"""The state at any moment, and what happened between two, equals what was read when it was so."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
import time_machine

from core.acts import act
from core.models import Event
from core.past import MADE, present, put_back, turns, values_at
from core.undo import undo_event
from roadmaps import services
from roadmaps.models import Feature, Stage

START = datetime(2025, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTS = ("make", "title", "effort", "dates", "stage", "delete", "undo")


@pytest.fixture
def stages(cast):
    return [
        services.create_stage(actor=cast.ops, slug=slug, name=slug.title(), position=position, status="open")
        for position, slug in enumerate(["discovery", "delivery"])
    ]


def do(cast, stages, what: str, pick: int) -> None:
    """One act of somebody; nothing where there is nothing to do it to."""
    rows = list(Feature._base_manager.filter(deleted_at=None).order_by("pk"))
    if what == "make" or not rows:
        services.create_feature(actor=cast.maker, product=cast.own, title=f"Made as number {len(rows)}")
        return
    row = rows[pick % len(rows)]
    if what == "undo":
        event = Event.objects.filter(actor=cast.maker, subject_type="roadmaps.feature", undoes=None).order_by("-number").first()
        if event is not None and not Event.objects.filter(undoes=event.number).exists():
            undo_event(actor=cast.maker, event=event)
    elif what == "delete":
        services.delete_feature(actor=cast.maker, feature=row)
    elif what == "stage":
        services.enter_stage(actor=cast.maker, feature=row, stage=stages[pick % 2])
    else:
        values = {
            "title": {"title": f"Words {pick}"},
            "effort": {"effort_likely": Decimal(pick), "effort_high": None},
            "dates": {"start_date": date(2025, 4, 1), "target_date": date(2025, 4, 1) + timedelta(days=pick) if pick % 3 else None},
        }[what]
        services.change_feature(actor=cast.maker, feature=row, **values)


def live(cast, stages, rng: Random) -> dict[int, dict]:
    """Twenty acts, one an hour; the living rows after each."""
    seen = {}
    for hour in range(20):
        with time_machine.travel(START + hour * HOUR, tick=False):
            do(cast, stages, rng.choice(ACTS), rng.randrange(10))
        seen[hour] = living()
    return seen


def living() -> dict:
    return present(Feature._base_manager.filter(deleted_at=None))


@pytest.mark.parametrize("seed", range(15))
def test_every_moment_reads_as_it_was_read_then(seed, cast, stages):
    seen = live(cast, stages, Random(seed))
    assert all(values_at(Feature, START + hour * HOUR) == then for hour, then in seen.items())
    assert values_at(Feature, START - HOUR) == {}


@pytest.mark.parametrize("seed", range(15))
def test_a_stretch_put_back_leads_from_its_end_to_its_beginning(seed, cast, stages):
    rng = Random(seed)
    live(cast, stages, rng)
    every = present(Feature._base_manager.all())
    for _ in range(5):
        first, last = (START + hour * HOUR for hour in sorted((rng.randrange(-1, 20), rng.randrange(-1, 20))))
        at_end = put_back(every, turns(Feature, last))
        assert put_back(at_end, turns(Feature, first, last)) == put_back(every, turns(Feature, first))


def test_who_did_it_last_is_told_of_each_field(cast, stages):
    with act(cast.maker, at=START):
        row = services.create_feature(actor=cast.maker, product=cast.own, title="First words")
    with act(cast.maker, at=START + HOUR) as first:
        services.change_feature(actor=cast.maker, feature=row, title="Better words", effort_likely=Decimal(4))
    with act(cast.admin, at=START + 2 * HOUR):
        Stage.objects.visible_to(cast.admin).count()
    with act(cast.maker, at=START + 3 * HOUR) as second:
        services.change_feature(actor=cast.maker, feature=row, title="Best words")
    found = turns(Feature, START, ids=[row.pk])[row.pk]
    assert found["title"] == ("First words", second.event.number)
    assert found["effort_likely"] == (None, first.event.number)
    assert MADE not in found
    assert MADE in turns(Feature, START - HOUR)[row.pk]
    assert turns(Feature, START, ids=[]) == {}
