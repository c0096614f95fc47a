"""Markdown as safe HTML: what people write in descriptions, documents and comments, and what they bring from elsewhere."""

import re
from collections.abc import Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

TAGS = {
    "p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code", "kbd", "em", "strong",
    "b", "i", "s", "del", "ins", "mark", "sub", "sup", "a", "img", "input", "label", "details", "summary",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "*": set(),
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "td": {"align", "colspan", "rowspan"},
    "code": {"class"},
    "ul": {"class"},
    "li": {"class"},
    "input": {"checked"},
    "details": {"open"},
}
CLASSES = re.compile(r"contains-task-list|task-list-item|language-[A-Za-z0-9+#-]{1,30}")
ELEMENTS = nh3.ALLOWED_TAGS | set(block_names) | {"svg", "math", "font", "input", "label", "button", "video", "audio", "object", "embed"}
# Markdown's rules take time that grows with the square of a paragraph, HTML's with that of open elements; beyond these nobody writes.
LONGEST_PARAGRAPH, MOST_TAGS = 10_000, 2_000
SECTION_LEVEL = 2  # texts stand below headings of the page: their own begin one level deeper


def render(text: str) -> SafeString:
    """The text's HTML with nothing in it that could run, fetch from elsewhere or dress up as a part of the page.

    HTML inside is kept as far as Markdown itself could have made it; the rest of it is left away, its text stays.
    """
    readable = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text
    reader = _reader if readable.count("<") <= MOST_TAGS else _reader_without_html
    return mark_safe(_cleaner.clean(reader.render(readable)))  # noqa: S308 - cleaned right here


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """An image of ours stays one; another's would tell its owner who reads here, so it becomes a link."""
    token = tokens[index]
    if _is_ours(str(token.attrs.get("src", ""))):
        return self.image(tokens, index, options, env)
    address, name = nh3.clean_text(str(token.attrs.get("src", ""))), nh3.clean_text(token.content or "Image")
    return f'<a href="{address}">{name}</a>'


def _html(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """`<br>` is HTML; `List<String>` and `<your name>` are what somebody wrote."""
    content = tokens[index].content
    element = re.match(r"\s*</?([A-Za-z][^\s/>]*)", content)
    return escapeHtml(content) if element and element[1].lower() not in ELEMENTS else content


def _is_ours(address: str) -> bool:
    # Browsers drop tabs and line ends inside an address and take \ for /: what holds any of them may lead elsewhere.
    return re.fullmatch(r"/(?!/)[^\x00-\x20\x7f\\]*", address) is not None


def _fit_in(state: StateCore) -> None:
    """Headings below those of the page; alignment of cells by attribute, for the page allows no styles."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + SECTION_LEVEL)}"
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrs["align"] = str(style).removeprefix("text-align:")


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return " ".join(word for word in value.split() if CLASSES.fullmatch(word)) or None
    if attribute == "src":
        return value if _is_ours(value) else None
    return value


def _leave_long(state: StateCore) -> None:
    """Paragraphs nobody writes stand as the text they are."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
            token.type, token.content = "html_block", escapeHtml(token.content)


def _make_reader(html: bool) -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"])
    reader.use(gfm_autolink_plugin).use(tasklists_plugin, label=True)
    reader.core.ruler.before("inline", "leave_long", _leave_long)
    reader.core.ruler.push("fit_in", _fit_in)
    reader.add_render_rule("image", _image)
    reader.add_render_rule("html_inline", _html)
    reader.add_render_rule("html_block", _html)
    return reader


_reader, _reader_without_html = _make_reader(html=True), _make_reader(html=False)
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_keep,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener nofollow",
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
)
