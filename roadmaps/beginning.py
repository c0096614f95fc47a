"""The process a new organisation begins with: from an idea to the end of its life."""

from core.registry import register_beginning
from roadmaps.services import create_stage

STAGES = [
    ("discovery", "Discovery", "open"),
    ("validation", "Validation", "open"),
    ("definition", "Definition", "planned"),
    ("delivery", "Delivery", "in_progress"),
    ("launch", "Launch", "shipped"),
    ("iteration", "Iteration", "shipped"),
    ("sunset", "Sunset", "retired"),
]


def begin() -> None:
    """The stages are there, in their order."""
    for position, (slug, name, status) in enumerate(STAGES):
        create_stage(actor=None, slug=slug, name=name, position=position, status=status)


register_beginning(begin)
