"""The process a new organisation begins with: from an idea to the end of its life."""

from core.registry import register_beginning
from roadmaps.services import create_stage, create_step

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


def begin() -> None:
    """The stages are there, in their order, and the steps that a launch checklist begins with."""
    for position, (slug, name, status) in enumerate(STAGES):
        create_stage(actor=None, slug=slug, name=name, position=position, status=status)
    for position, (text, days_before) in enumerate(STEPS):
        create_step(actor=None, text=text, days_before=days_before, position=position)


register_beginning(begin)
