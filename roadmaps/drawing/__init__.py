"""Roadmaps as drawings: what a page of one shows, laid out on paper. Drawn from the plan the page draws, and from nothing else."""

from collections.abc import Callable
from datetime import date

from core.drawing.shapes import Page, Paper
from roadmaps.drawing import cards, lists, timeline
from roadmaps.drawing.frame import caption_of
from roadmaps.looks import Look
from roadmaps.models import Roadmap

Layout = Roadmap.Layout
DRAW: dict[str, Callable[..., list[Page]]] = {
    Layout.TIMELINE: timeline.draw, Layout.BOARD: cards.draw_board, Layout.HORIZONS: cards.draw_horizons, Layout.LIST: lists.draw,
}  # fmt: skip


def draw_look(look: Look, paper: Paper, today: date) -> list[Page]:
    """The look in its layout, on as many pages of this paper as it takes; the same state of the same day makes the same pages."""
    return DRAW[look.layout](look, paper, caption_of(look, today))
