"""How a timeline's bars and the names beside them are drawn. Not by a template, which looks every word up anew for every bar."""

from collections.abc import Iterator

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from core.markup import joined, markup
from roadmaps.models.plan import Status
from roadmaps.plan_view import Item, Plan
from roadmaps.timeline import Bar

BAR = (
    '<g class="{kind}" id="bar-{pk}" data-stage="{stage}" tabindex="-1" role="button" aria-label="{key} {title}, {span}" '
    'aria-describedby="timeline-keys" data-bar {opens}="{url}"{edits} data-start="{start}" data-target="{target}">'
    "<title>{key} {title}: {span}</title>{body}{done}"
    '<rect class="lead" x="{x}" y="{y}" width="3" height="22" rx="1.5"/>{label}</g>\n'
)
EDITS = ' data-dates="{}dates/" data-key="{}"{} data-version="{}"'
SOFT = (
    '<rect class="softc" x="{}" y="{}" width="{}" height="22" rx="4" fill="url(#soft-{}-{})"/>'
    '<path class="edge" d="M{} {}.5H{}M{} {}.5H{}"/><path class="tick" d="M{} {}v12"/>'
)
FADE = '<linearGradient id="soft-{}-{}" class="tl-grad" data-stage="{}"><stop offset="{}%"/><stop offset="1" class="end"/></linearGradient>'
FIRM = '<rect class="{}" x="{}" y="{}" width="{}" height="22" rx="4"/>'
INSIDE, BESIDE = '<text x="{}" y="{}">{}</text>', '<text class="out" x="{}" y="{}"{}>{}</text>'
LANE = '<li class="lane"><span class="cut">{}</span>{}</li>'
FEATURE = '<li>{}<a class="fkey" data-panel href="{}">{}</a><span class="cut t2" title="{}">{}</span><span class="when">{}</span></li>'
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


def draw_names(plan: Plan, *, in_lanes: bool) -> SafeString:
    """A line beside each bar, and one for each lane."""
    return joined("{}", [(line,) for line in _names(plan, in_lanes)])


def _bar(item: Item) -> SafeString:
    feature, bar = item.feature, item.bar
    gives = mark_safe(" data-gives") if item.gives else ""
    return markup(
        BAR, kind="tl-bar is-guess" if item.is_guess else "tl-bar", pk=feature.pk, stage=feature.stage.slug, key=feature.key,
        title=feature.title, span=item.span, opens="data-panel-bar" if feature.key else "data-page", url=item.url,
        edits=markup(EDITS, item.url, feature.key, gives, feature.version) if item.is_editable else "",
        start=item.start.isoformat(), target=feature.target_date.isoformat(), body=_body(bar, feature.stage.slug),
        done=markup(FIRM, "prog", bar.x, bar.y, bar.width) if feature.status == Status.SHIPPED else "",
        x=bar.x, y=bar.y, label=_label(bar, feature.title),
    )  # fmt: skip


def _body(bar: Bar, stage: str) -> SafeString:
    if not bar.is_soft:
        return markup(FIRM, "fillc", bar.x, bar.y, bar.width)
    edge = (bar.soft_from, bar.y, bar.soft_to, bar.soft_from, bar.y + 21, bar.soft_to)
    return markup(SOFT, bar.x, bar.y, bar.full_width, stage, bar.firm_percent, *edge, bar.end, bar.y + 5)


def _label(bar: Bar, title: str) -> SafeString:
    if bar.label_fits:
        return markup(INSIDE, 10 if bar.x < 0 else bar.x + 10, bar.y + 15, title)
    return markup(BESIDE, bar.label_x, bar.y + 15, mark_safe(' text-anchor="end"') if bar.label_left else "", title)


def _names(plan: Plan, in_lanes: bool) -> Iterator[SafeString]:
    stages: dict[str, SafeString] = {}
    for lane in plan.lanes:
        if in_lanes:
            yield markup(LANE, lane.label, markup('<span class="n">{} pw</span>', lane.effort) if lane.effort else "")
        for item in lane.items:
            feature = item.feature
            if not feature.key:
                yield markup(THEME, item.url, feature.title, item.dates)
                continue
            slug = feature.stage.slug
            if slug not in stages:
                stages[slug] = get_template("components/stage.html").render({"stage": feature.stage, "bare": True})
            yield markup(FEATURE, stages[slug], item.url, feature.key, feature.title, feature.title, item.dates)
