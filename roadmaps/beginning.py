"""The process a new organisation begins with: from an idea to the end of its life."""

from core.registry import register_beginning
from roadmaps.models import FACTS
from roadmaps.services import create_audience, create_stage, create_step

STAGES = [
    ("discovery", "Discovery", "open"),
    ("validation", "Validation", "open"),
    ("definition", "Definition", "planned"),
    ("delivery", "Delivery", "in_progress"),
    ("launch", "Launch", "shipped"),
    ("iteration", "Iteration", "shipped"),
    ("sunset", "Sunset", "retired"),
]
# What is done for a release, and how many days before its day; less than zero: after it.
STEPS = [
    ("Say what it changes, and for whom, in words a customer understands", 14),
    ("Support and sales have seen it and know the answers", 10),
    ("Help pages and screenshots are up to date", 7),
    ("The way back is written down and was tried", 5),
    ("Who is told, by which way, on which day", 3),
    ("What we watch on the day, and who watches", 1),
    ("Look at the figures it should move", -14),
]
# Whom roadmaps are shown to: what they see, how exact dates are, whether names for outside stand in place of our own, what is left out.
PLAIN = ["status", "initiative", "horizon", "product"]
AUDIENCES = [
    ("internal", "Internal", list(FACTS), "exact", False, ""),
    ("leadership", "Leadership", [fact for fact in FACTS if fact not in ("effort", "dependencies")], "month", False, ""),
    ("sales", "Sales", [*PLAIN, "outcome", "release"], "quarter", False, "status:open"),
    ("customers", "Customers", PLAIN, "quarter", True, "status:open"),
    ("public", "Public", ["initiative", "horizon"], "half", True, "status:open"),
]


def begin() -> None:
    """The stages are there, in their order, the steps that a launch checklist begins with, and the audiences of roadmaps."""
    for position, (slug, name, status) in enumerate(STAGES):
        create_stage(actor=None, slug=slug, name=name, position=position, status=status)
    for position, (text, days_before) in enumerate(STEPS):
        create_step(actor=None, text=text, days_before=days_before, position=position)
    begin_audiences()


def begin_audiences() -> None:
    """The audiences of roadmaps are there."""
    for position, (slug, name, shows, dates, has_outside_names, leaves_out) in enumerate(AUDIENCES):
        create_audience(
            actor=None, slug=slug, name=name, position=position, shows=shows, dates=dates, has_outside_names=has_outside_names,
            leaves_out=leaves_out,
        )  # fmt: skip


register_beginning(begin)
