"""Governance's conditions on entering a stage."""

from core.acts import current_act
from governance.reports import check_states
from governance.services import waive_checks
from roadmaps.models import Feature, Stage
from roadmaps.stage_entry import Check, Finding, register_check


def unmet(feature: Feature, stage: Stage) -> list[Finding]:
    """What the stage asks for and the feature does not have, as who moves it may know."""
    states = check_states(feature, stage, current_act().actor)
    return [Finding(state.sentence, state.check.is_blocking, state.check.pk) for state in states if state.sentence]


register_check(Check("checks", unmet, waive_checks))
