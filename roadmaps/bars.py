"""How a timeline's bars and the names beside them are drawn. Not by a template, which looks every word up anew for every bar."""

from collections.abc import Iterator
from functools import cache

from django.template.loader import get_template
from django.utils.safestring import SafeString

from core.markup import joined, markup
from roadmaps.models.plan import Status
from roadmaps.plan_view import Item, Plan

BAR = (
    '<g class="{kind}" id="bar-{pk}" data-stage="{stage}" {role} aria-label="{key} {title}, {span}"{opens}>'
    "<title>{key} {title}: {span}</title>{body}{done}"
    '<rect class="lead" x="{x}" y="{y}" width="3" height="22" rx="1.5"/>{label}</g>\n'
)
# What BAR holds where the bar is so.
BUTTON, PICTURE = 'tabindex="-1" role="button" aria-describedby="timeline-keys" data-bar', 'role="img"'
OPENS = ' {way}="{url}"{edits} data-start="{start}" data-target="{target}"'
EDITS = ' data-dates="{url}dates/" data-key="{key}"{gives} data-version="{version}"'
FIRM = '<rect class="fillc" x="{x}" y="{y}" width="{width}" height="22" rx="4"/>'
DONE = '<rect class="prog" x="{x}" y="{y}" width="{width}" height="22" rx="4"/>'
SOFT = (
    '<rect class="softc" x="{x}" y="{y}" width="{full_width}" height="22" rx="4" fill="url(#soft-{stage}-{firm_percent})"/>'
    '<path class="edge" d="M{soft_from} {y}.5H{soft_to}M{soft_from} {below}.5H{soft_to}"/><path class="tick" d="M{end} {tick}v12"/>'
)
INSIDE, BESIDE = '<text x="{label_x}" y="{base}">{title}</text>', '<text class="out" x="{label_x}" y="{base}"{anchor}>{title}</text>'
FADE = '<linearGradient id="soft-{}-{}" class="tl-grad" data-stage="{}"><stop offset="{}%"/><stop offset="1" class="end"/></linearGradient>'
LANE = '<li class="lane"><span class="cut">{}</span>{}</li>'
FEATURE = '<li>{}<a class="fkey" data-panel href="{}">{}</a><span class="cut t2" title="{}">{}</span><span class="when">{}</span></li>'
SHOWN = '<li>{}{}<span class="cut t2" title="{}">{}</span><span class="when">{}</span></li>'  # to who opens nothing of it
ANSWERED = '<li>{}{}<a class="cut t2" href="{}{}/" title="{}">{}</a><span class="when">{}</span></li>'  # to who may say something to it
THEME = '<li><a class="cut" href="{}">{}</a><span class="when">{}</span></li>'


def draw_fades(plan: Plan) -> SafeString:
    """The gradients by which soft bars fade, one for each stage and share."""
    soft = {(item.feature.stage.slug, item.bar.firm_percent) for lane in plan.lanes for item in lane.items if item.bar.is_soft}
    return joined(FADE, [(stage, percent, stage, percent) for stage, percent in sorted(soft)])


def draw_hairs(plan: Plan, *, in_lanes: bool) -> SafeString:
    """The path of the lines under the rows."""
    lines = [lane.y + 31 for lane in plan.lanes if in_lanes] + [item.bar.y + 26 for lane in plan.lanes for item in lane.items]
    return joined("M0 {}.5H{}", [(y, plan.scale.width) for y in sorted(lines)])


def draw_bars(plan: Plan) -> SafeString:
    """Every bar of the plan, for the picture."""
    return joined("{}", [(_bar(item),) for lane in plan.lanes for item in lane.items])


def draw_names(plan: Plan, *, in_lanes: bool, items_at: str = "") -> SafeString:
    """A line beside each bar, and one for each lane; `items_at` is where items have pages of their own for visitors."""
    return joined("{}", [(line,) for line in _names(plan, in_lanes, items_at)])


def _bar(item: Item) -> SafeString:
    feature, bar = item.feature, item.bar
    is_done, is_soft = feature.status == Status.SHIPPED, bar.is_soft
    form = _form(bool(item.url), bool(feature.key), item.is_editable, item.gives, is_soft, is_done, bar.label_fits, bar.label_left)
    fade = {"full_width": bar.full_width, "firm_percent": bar.firm_percent, "end": bar.end} if is_soft else {}
    return markup(
        form, kind="tl-bar is-guess" if item.is_guess else "tl-bar", pk=feature.pk, stage=feature.stage.slug, key=feature.key,
        title=feature.title, span=item.span, url=item.url, version=feature.version, start=item.start, target=feature.target_date,
        x=bar.x, y=bar.y, width=bar.width, base=bar.y + 15, below=bar.y + 21, tick=bar.y + 5, soft_from=bar.soft_from, soft_to=bar.soft_to,
        label_x=(max(bar.x, 0) + 10) if bar.label_fits else bar.label_x, **fade,
    )  # fmt: skip


@cache
def _form(
    is_open: bool, is_feature: bool, is_editable: bool, gives: bool, is_soft: bool, is_done: bool, is_inside: bool, is_left: bool
) -> str:
    """The markup of bars that are so, in one piece: a bar's values are put in once."""
    parts = {
        "role": BUTTON if is_open else PICTURE,
        "opens": OPENS.replace("{way}", "data-panel-bar" if is_feature else "data-page") if is_open else "",
        "edits": EDITS.replace("{gives}", " data-gives" if gives else "") if is_editable else "",
        "body": SOFT if is_soft else FIRM,
        "done": DONE if is_done else "",
        "label": INSIDE if is_inside else BESIDE.replace("{anchor}", ' text-anchor="end"' if is_left else ""),
    }
    form = BAR
    for name, part in parts.items():
        form = form.replace(f"{{{name}}}", part)
    return form


def _names(plan: Plan, in_lanes: bool, items_at: str) -> Iterator[SafeString]:
    stages: dict[str, SafeString] = {}
    for lane in plan.lanes:
        if in_lanes:
            yield markup(LANE, lane.label, markup('<span class="n">{} pw</span>', lane.effort) if lane.effort else "")
        for item in lane.items:
            feature = item.feature
            if item.url and not feature.key:
                yield markup(THEME, item.url, feature.title, item.dates)
                continue
            slug = feature.stage.slug
            if slug not in stages:
                named = get_template("components/stage.html").render({"stage": feature.stage, "bare": True})
                stages[slug] = named if feature.stage.name else SafeString("")
            if not item.url:
                key = markup('<span class="fkey">{}</span>', feature.key) if feature.key else ""
                if items_at:
                    yield markup(ANSWERED, stages[slug], key, items_at, feature.pk, feature.title, feature.title, item.dates)
                else:
                    yield markup(SHOWN, stages[slug], key, feature.title, feature.title, item.dates)
                continue
            yield markup(FEATURE, stages[slug], item.url, feature.key, feature.title, feature.title, item.dates)
