"""Drawings: measured text, and writers that draw each shape, safely and the same each time."""

import io
import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation
from pypdf import PdfReader

from core.drawing import palette, pdf, png, pptx, svg
from core.drawing.fonts import clean, cut, known, width_of, wrap
from core.drawing.shapes import Box, Grid, Line, Page, Patch, Stroke, Text
from core.exceptions import RuleBroken

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<script>alert(1)</script> & \"quotes\" \x07\u2028 ]]> 'end'"
SVG = "{http://www.w3.org/2000/svg}"


def page(text: str = "Same-day settlement") -> Page:
    line = Line(text, 12, palette.TEXT)
    return Page(400, 300, text, [
        Box(20, 20, 120, 22, "#bbddee", radius=4, lines=[line], key="a", name=text),
        Box(200, 60, 120, 22, "#bbddee", fades_from=0.5, key="b", name="Fading"),
        Stroke(
            [(140, 31), (170, 31), (170, 71), (196, 71)], palette.RED, 1.5, (5, 3), True, ("a", "right"), ("b", "left"), "Late",
        ),
        Patch([(10, 100), (15, 95), (20, 100), (15, 105)], palette.TEXT, name="Release"),
        Text(200, 140, line, "middle"),
        Grid(20, 160, [100, 200], 26, ["Key", "Title"], [["Lane"], ["PAY-1", text]]),
    ])  # fmt: skip


def made(writer, *pages: Page) -> bytes:
    return b"".join(writer.pieces(pages or [page()]))


@pytest.mark.parametrize("writer", [svg, png, pdf, pptx])
def test_the_same_page_makes_the_same_bytes(writer):
    assert made(writer) == made(writer)


def test_svg_is_well_formed_and_holds_text_and_shapes_alone():
    text = clean(HOSTILE)
    root = ElementTree.fromstring(made(svg, page(text)))
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "rect", "text", "polyline", "polygon", "defs", "linearGradient", "stop"}
    written = [element.text for element in root.iter(f"{SVG}text")]
    assert written.count(text) == 2
    assert not any(name.startswith("on") or "href" in name for element in root.iter() for name in element.attrib)


def test_png_has_the_size_of_its_page_twice_over_and_is_no_blank():
    data = made(png)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (800, 600)
    chunks = b"".join(
        data[found.end() : found.end() + struct.unpack(">I", data[found.start() - 4 : found.start()])[0]]
        for found in re.finditer(b"IDAT", data)
    )
    assert len(set(zlib.decompress(chunks))) > 20


def test_a_picture_too_large_is_less_sharp_rather_than_too_heavy():
    width, height = struct.unpack(">II", made(png, Page(1600, 40_000, "Long"))[16:24])
    assert width * height <= png.MOST_PIXELS * 1.01


def test_a_picture_that_cannot_be_drawn_is_refused_with_a_sentence():
    with pytest.raises(RuleBroken, match="Take the PDF, or narrow the filter"):
        made(png, Page(1, 1e12, "Endless"))


def test_pdf_pages_hold_their_text_and_their_size():
    reader = PdfReader(io.BytesIO(made(pdf, page("Größe, Жизнь, λόγος"), page("Second"))))
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == [300, 225]
    text = reader.pages[0].extract_text()
    assert text.count("Größe, Жизнь, λόγος") == 3
    assert "PAY-1" in text
    assert "Second" in reader.pages[1].extract_text()


def test_letters_the_font_has_not_are_named_and_never_boxes():
    reader = PdfReader(io.BytesIO(made(pdf, page("漢字 plan"))))
    text = reader.pages[0].extract_text()
    assert "?? plan" in text
    assert "A letter this font has not stands as ?" in text
    assert "漢字 plan" in made(svg, page("漢字 plan")).decode()
    assert known("Straße Жя λ €→") == "Straße Жя λ €→"


def test_a_deck_holds_boxes_connectors_and_tables_that_can_be_edited():
    deck = Presentation(io.BytesIO(made(pptx)))
    shapes = {shape.name: shape for shape in deck.slides[0].shapes}
    assert shapes["Same-day settlement"].text_frame.text == "Same-day settlement"
    line = shapes["Late"]._element
    tied = [line.find(f".//{{*}}{end}").get("id") for end in ("stCxn", "endCxn")]
    assert tied == [str(shapes[name].shape_id) for name in ("Same-day settlement", "Fading")]
    table = next(shape.table for shape in deck.slides[0].shapes if shape.has_table)
    assert [cell.text for cell in table.rows[2].cells] == ["PAY-1", "Same-day settlement"]
    assert deck.slide_width == 400 * pptx.PIXEL


@pytest.mark.parametrize("writer", [svg, png, pdf, pptx])
def test_no_title_breaks_a_writer(writer):
    assert made(writer, page(clean(HOSTILE)))


@given(st.text(), st.floats(10, 400))
def test_what_is_cut_fits_and_is_the_beginning(text, width):
    said = cut(text, width, 12)
    assert width_of(said, 12) <= width + 0.01
    assert clean(text).startswith(said.removesuffix("…"))


@given(st.text(), st.integers(1, 4))
def test_wrapped_lines_fit_and_are_no_more_than_asked_for(text, most):
    lines = wrap(text, 120, 12, most)
    assert len(lines) <= most
    assert all(width_of(line, 12) <= 120.01 for line in lines)


def test_the_colours_are_those_of_the_light_theme():
    tokens = dict(re.findall(r"--([a-z0-9-]+):\s*(?:light-dark\()?(#[0-9a-f]{6})", (ROOT / "static/css/tokens.css").read_text()))
    names = {"SURFACE": "surface", "SUNKEN": "sunken", "LINE": "line", "LINE_STRONG": "line-strong", "TEXT": "text", "TEXT_2": "text-2",
             "TEXT_3": "text-3", "ACCENT": "accent", "ACCENT_TEXT": "accent-text", "ON_ACCENT": "on-accent", "RED": "oi-red"}  # fmt: skip
    assert {name: getattr(palette, name) for name in names} == {name: tokens[token] for name, token in names.items()}
    stages = dict(
        re.findall(
            r"--stage-([a-z]+):\s*(?:var\(--(oi-[a-z]+)\)|light-dark\((?:#[0-9a-f]{6}))", (ROOT / "static/css/tokens.css").read_text()
        )
    )
    assert {slug: tokens[token] if token else tokens[f"stage-{slug}"] for slug, token in stages.items()} == palette.STAGES
