"""The past can be read from the record."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core import audit, derivation
from core.acts import act, acts_together
from core.models import Change, Event
from core.past import values_at
from portfolio.services import new_day
from roadmaps import services
from roadmaps.models import Feature, Stage

START = datetime(2025, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def stages(cast):
    return [
        services.create_stage(actor=cast.ops, slug=slug, name=slug.title(), position=position, status="open")
        for position, slug in enumerate(["discovery", "delivery"])
    ]


def test_a_row_is_read_as_it_was_on_any_day(cast, stages):
    with act(cast.maker, at=START):
        feature = services.create_feature(actor=cast.maker, product=cast.own, title="First words")
    with act(cast.maker, at=START + timedelta(days=10)):
        services.change_feature(actor=cast.maker, feature=feature, title="Better words", effort_likely=Decimal(4))
    with act(cast.maker, at=START + timedelta(days=20)):
        services.delete_feature(actor=cast.maker, feature=feature)

    def on(day):
        return values_at(Feature, START + timedelta(days=day)).get(feature.pk)

    assert on(-1) is None
    assert (on(5)["title"], on(5)["effort_likely"]) == ("First words", None)
    assert (on(15)["title"], on(15)["effort_likely"]) == ("Better words", Decimal(4))
    assert on(25) is None


def test_acts_written_together_are_each_an_event_of_their_own_day(cast, stages):
    numbers = Event.objects.count()
    with acts_together():
        for day in range(5):
            with act(cast.maker, at=START + timedelta(days=day)):
                feature = services.create_feature(actor=cast.maker, product=cast.own, title=f"Idea of day {day}")
            with act(cast.maker, at=START + timedelta(days=day, hours=1)):
                services.enter_stage(actor=cast.maker, feature=feature, stage=stages[1])
    events = list(Event.objects.order_by("number"))[numbers:]
    assert [event.number for event in events] == list(range(numbers + 1, numbers + 11))
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert not list(audit.broken_links())
    assert len(values_at(Feature, START + timedelta(days=2, hours=2))) == 3
    assert values_at(Feature, START - timedelta(days=1)) == {}
    assert Change.objects.filter(subject_type="roadmaps.feature").count() == 10
    new_day()  # the cast's products were not made by the service
    derivation.run_pass()
    assert not any(derivation.verify().values())


def test_nothing_is_kept_of_acts_written_together_when_one_fails(cast, stages):
    before = Event.objects.count(), Feature.objects.count(), Stage.objects.count()

    def fail() -> None:
        with acts_together():
            with act(cast.maker, at=START):
                services.create_feature(actor=cast.maker, product=cast.own, title="Lost")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (Event.objects.count(), Feature.objects.count(), Stage.objects.count()) == before
    assert not list(audit.broken_links())
