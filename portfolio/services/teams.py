"""Every write of teams and of what they can do in a quarter."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.acts import acts
from core.exceptions import RuleBroken
from core.models import User
from core.writes import insert, remove, update
from portfolio import events
from portfolio.models import Team, TeamCapacity
from portfolio.periods import quarter_of
from portfolio.permissions import must_shape_portfolio
from portfolio.services.checks import check_fields

EDITABLE = frozenset({"name", "lead", "unplanned_share"})


@acts
def create_team(*, actor: User, name: str, **values: Any) -> Team:
    """A team that builds."""
    must_shape_portfolio(actor)
    values["name"] = name
    check_fields(values, EDITABLE, "A team")
    return insert(Team(**values), events.TEAM_CREATED)


@acts
def change_team(*, actor: User, team: Team, seen: int | None = None, merge: bool = True, **values: Any) -> Team:
    """Name, lead and the share kept for the unplanned are as given."""
    must_shape_portfolio(actor)
    check_fields(values, EDITABLE, "A team")
    return update(team, values, events.TEAM_CHANGED, seen=seen, merge=merge)


@acts
def delete_team(*, actor: User, team: Team, seen: int | None = None) -> Team:
    """The team has left every list; features it built keep its name in their history."""
    must_shape_portfolio(actor)
    return remove(team, events.TEAM_DELETED, seen=seen)


@acts
def set_capacity(*, actor: User, team: Team, quarter: date, person_weeks: Decimal) -> TeamCapacity:
    """The team has this many person-weeks in the quarter that begins on `quarter`."""
    must_shape_portfolio(actor)
    if quarter != quarter_of(quarter).starts_on:
        raise RuleBroken("A quarter begins on the first of January, April, July or October.", "quarter")
    known = TeamCapacity._base_manager.filter(team=team, quarter=quarter, deleted_at=None).first()
    if known is None:
        return insert(TeamCapacity(team=team, quarter=quarter, person_weeks=person_weeks), events.CAPACITY_SET)
    return update(known, {"person_weeks": person_weeks}, events.CAPACITY_SET)
