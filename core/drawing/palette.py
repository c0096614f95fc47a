"""The colours of drawings: those of the light theme (static/css/tokens.css), for paper."""

SURFACE, SUNKEN = "#ffffff", "#fafafb"
LINE, LINE_STRONG = "#e8e8eb", "#d5d5da"
TEXT, TEXT_2, TEXT_3 = "#1a1b20", "#494b55", "#63656f"
ACCENT, ACCENT_TEXT, ON_ACCENT = "#4b4ecb", "#4345b8", "#ffffff"
RED = "#d55e00"
STAGES = {
    "discovery": "#8e909b", "validation": "#cc79a7", "definition": "#56b4e9", "delivery": "#0072b2", "launch": "#009e73",
    "iteration": "#e69f00", "sunset": "#5d5f69",
}  # fmt: skip


def of_stage(slug: str) -> str:
    """The colour of a stage; of one the organisation added itself, that of the first."""
    return STAGES.get(slug, STAGES["discovery"])


def mixed(color: str, share: float, ground: str = SURFACE) -> str:
    """The colour laid so thickly on the ground."""
    pairs = zip(_parts(color), _parts(ground), strict=True)
    return "#" + "".join(f"{round(above * share + below * (1 - share)):02x}" for above, below in pairs)


def _parts(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]
