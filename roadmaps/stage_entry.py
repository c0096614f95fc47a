"""Conditions on entering a stage: upper floors register them, `enter_stage` asks them.

An advisory finding lets a feature pass for a reason, which its check keeps; a blocking one lets it pass for none.
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.exceptions import RuleBroken
from core.models import User
from roadmaps.models import Feature, Stage


@dataclass(frozen=True)
class Finding:
    """A condition that is not met, in a sentence; `ref` is the id its check knows it by."""

    sentence: str
    is_blocking: bool = False
    ref: int | None = None


@dataclass(frozen=True)
class Check:
    """`find(feature, stage)` answers what is not met; `waive(actor, feature, stage, findings, reason)` keeps why it was passed over."""

    name: str
    find: Callable[[Feature, Stage], list[Finding]]
    waive: Callable[[User, Feature, Stage, list[Finding], str], None]


checks: list[Check] = []


class ReasonNeeded(RuleBroken):
    """The stage can be entered for a reason only; `findings` are what it is for."""

    def __init__(self, stage: Stage, findings: list[Finding]):
        self.findings = findings
        said = " ".join(finding.sentence for finding in findings)
        super().__init__(f"Not all is there for {stage.name} yet: {said} Say why it should go on all the same.", "reason")


def register_check(check: Check) -> None:
    """Add a source of conditions."""
    checks.append(check)


def pass_checks(actor: User, feature: Feature, stage: Stage, reason: str) -> None:
    """Refuse the stage where a blocking condition is not met, or an advisory one and no reason is given; keep the reason."""
    found = [(check, check.find(feature, stage)) for check in checks]
    everything = [finding for _, findings in found for finding in findings]
    if blocking := [finding for finding in everything if finding.is_blocking]:
        raise RuleBroken(f"{stage.name} cannot be entered yet: {' '.join(finding.sentence for finding in blocking)}", "stage")
    if everything and not reason.strip():
        raise ReasonNeeded(stage, everything)
    for check, findings in found:
        if findings:
            check.waive(actor, feature, stage, findings, reason.strip())
