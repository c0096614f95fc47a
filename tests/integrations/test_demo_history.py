"""The history of the demonstration company leads to what it is today."""

from datetime import date

from integrations.demo.records import MOVING

STAGES = ("discovery", "validation", "definition", "delivery", "launch", "iteration", "sunset")


def test_the_replay_of_the_history_is_what_stands_today(world):
    state: dict[str, dict[str, object]] = {}
    for act in world.history:
        if act.verb in ("rate_feature", "check_in"):
            continue
        assert (act.verb == "create_feature") == (act.subject not in state), f"{act.verb} on {act.subject} at {act.at}"
        fields = state.setdefault(act.subject, {})
        for change in act.changes:
            assert act.verb == "create_feature" or fields[change.field] == change.before
            assert change.before != change.after or act.verb == "create_feature"
            fields[change.field] = change.after
    assert state == {feature.key: {name: getattr(feature, name) for name in MOVING} for feature in world.features}


def test_the_last_word_of_each_rater_is_their_rating(world):
    said: dict[tuple[str, str], object] = {}
    for act in world.history:
        if act.verb == "rate_feature":
            change = next(change for change in act.changes if change.field == "value")
            assert said.get((act.subject, act.actor)) == change.before
            said[act.subject, act.actor] = change.after
    assert said == {(f"{rating.feature}/{rating.criterion}", rating.rater): rating.value for rating in world.ratings}


def test_the_last_check_in_is_where_a_key_result_stands(world):
    for objective in world.objectives:
        assert 2 <= len(objective.results) <= 3
        for result in objective.results:
            assert result.current == result.check_ins[-1].value
            assert [check_in.at for check_in in result.check_ins] == sorted(check_in.at for check_in in result.check_ins)
            assert objective.period_start <= result.check_ins[0].at.date() <= objective.period_end
            assert (result.target > result.start) == (result.direction == "up")
    assert sum(act.verb == "check_in" for act in world.history) == sum(len(r.check_ins) for o in world.objectives for r in o.results)


def test_acts_are_in_order_and_none_comes_before_its_subject(world):
    times = [act.at for act in world.history]
    assert times == sorted(times)
    made = {feature.key: feature.created_at for feature in world.features}
    for act in world.history:
        if act.verb != "check_in":
            assert act.at >= made[act.subject.split("/")[0]], act
    for comment in world.comments:
        assert comment.at >= made[comment.feature]
        assert comment.reply_to is None or comment.at > world.comments[comment.reply_to].at
    for message in world.feedback:
        assert all(link.at >= made[link.feature] for link in message.evidence)
    for dependency in world.dependencies:
        assert dependency.created_at >= max(made[dependency.before], made[dependency.after])
    for decision in world.decisions:
        assert decision.at >= made.get(decision.subject, decision.at)


def test_stages_are_entered_forward(world):
    entered: dict[str, list[str]] = {}
    for act in world.history:
        entered.setdefault(act.subject, []).extend(change.after for change in act.changes if change.field == "stage")
    for path in entered.values():
        assert [STAGES.index(stage) for stage in path] == sorted({STAGES.index(stage) for stage in path})


def test_dates_and_efforts_are_in_order(world):
    for feature in world.features:
        if feature.start and feature.target:
            assert feature.start <= feature.target, feature.key
        if feature.effort:
            assert 1 <= feature.effort.low <= feature.effort.likely <= feature.effort.high, feature.key
        if feature.target:
            assert feature.date_confidence in ("high", "medium", "low")
        if feature.stage == "iteration":
            assert feature.target < world.today, feature.key
    for act in world.history:
        values = {change.field: change.after for change in act.changes}
        if values.get("effort"):
            assert values["effort"].low <= values["effort"].likely <= values["effort"].high


def test_every_planned_date_of_the_history_comes_after_its_start(world):
    dates: dict[str, dict[str, date]] = {}
    for act in world.history:
        known = dates.setdefault(act.subject, {})
        known.update({change.field: change.after for change in act.changes if change.field in ("start", "target")})
        if known.get("start") and known.get("target"):
            assert known["start"] <= known["target"], act
