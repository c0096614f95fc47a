"""The template a new organisation begins with."""

from core.registry import register_beginning
from documents.services import create_template

SECTIONS = [
    {"heading": "Problem", "is_required": True, "guidance": "Who has it, how often, and what it costs them. Quote them."},
    {"heading": "Outcome", "is_required": True, "guidance": "What will be different, with a figure and the day you look at it."},
    {"heading": "Out of scope", "is_required": True, "guidance": "What a reader may expect and will not get."},
    {"heading": "Requirements", "is_required": True, "guidance": "Numbered sentences that can be tested."},
    {"heading": "Risks and open questions", "is_required": False, "guidance": "What could go wrong, and what nobody knows yet."},
]


def begin() -> None:
    """Requirements of a product can be written."""
    create_template(actor=None, name="Product requirements", purpose="What we build and why, before it is built.", sections=SECTIONS)


register_beginning(begin)
