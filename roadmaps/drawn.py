"""What the templates of a roadmap's layouts are drawn from: the same for whoever looks. Reads only."""

from core.models import Organisation
from roadmaps.bars import draw_bars, draw_fades, draw_hairs, draw_names
from roadmaps.board import build_board, build_horizons, build_list
from roadmaps.looks import Look
from roadmaps.plan_view import lanes_of, plan_of
from roadmaps.timeline import ZOOMS, add_quarters


def drawn(look: Look) -> dict:
    """The context of the look's layout: nothing but its template where what it asks for is gone or not theirs to see."""
    context = {"body": f"roadmaps/look_{look.layout}.html", "today": Organisation.today()}
    return context if look.is_hidden else context | LAYOUTS[look.layout](look)


def _timeline(look: Look) -> dict:
    today = Organisation.today()
    plan, grouping = plan_of(look, today), lanes_of(look)
    scale = plan.scale
    step = ZOOMS[scale.zoom].step
    return {
        "plan": plan, "bars": draw_bars(plan), "names": draw_names(plan, in_lanes=grouping is not None, items_at=look.items_at),
        "fades": draw_fades(plan), "hairs": draw_hairs(plan, in_lanes=grouping is not None),
        "zoom": scale.zoom, "zooms": ZOOMS, "grouping": grouping,
        "today_x": scale.x(today) if scale.start <= today < scale.end else None, "per_day": scale.per_day,
        "earlier": add_quarters(scale.start, -step).isoformat(), "later": add_quarters(scale.start, step).isoformat(),
        "stages": look.stages, "upper": scale.upper(), "lower": scale.lower(),
    }  # fmt: skip


def _board(look: Look) -> dict:
    grouping = look.grouping()
    return {"board": build_board(look, grouping), "by": look.by, "grouping": grouping}


def _horizons(look: Look) -> dict:
    features = [] if look.is_theme_only else build_list(look, None)[0]
    some = [feature for group in features for feature in group.features]
    return {"columns": build_horizons(look.themes, some, Organisation.today())}


def _list(look: Look) -> dict:
    if look.is_theme_only:
        return {"themes": look.themes}
    grouping = look.grouping("initiative")
    groups, is_cut = build_list(look, grouping)
    return {"groups": groups, "grouping": grouping, "is_cut": is_cut}


LAYOUTS = {"timeline": _timeline, "board": _board, "horizons": _horizons, "list": _list}
