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
RETROSPECTIVE = [
    {"heading": "What we wanted", "is_required": True, "guidance": "The outcome we expected, and the figure we said we would look at."},
    {"heading": "What came of it", "is_required": True, "guidance": "The figure now, and what customers say. Facts before reasons."},
    {"heading": "What went well", "is_required": True, "guidance": "What we would do the same way again, and why it worked."},
    {"heading": "What was hard", "is_required": True, "guidance": "Where time was lost, dates moved or people were surprised."},
    {"heading": "What we change", "is_required": True, "guidance": "At most three things, each with a name and a day."},
]


def begin() -> None:
    """Requirements of a product can be written, and releases looked back on."""
    create_template(actor=None, name="Product requirements", purpose="What we build and why, before it is built.", sections=SECTIONS)
    create_template(actor=None, name="Retrospective", purpose="What we learn from a release, after it is out.", sections=RETROSPECTIVE)


register_beginning(begin)
