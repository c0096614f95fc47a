"""What a text means among rows that are called this and that."""

import pytest

from integrations.references import Known, Unmatched, split

ROWS = {
    "one": ["PAY-1", "12"],
    "two": ["docs/34-second-thing/spec.yaml"],
    "three": ["docs/old/56-third.md"],
    "four": ["a/0078-twin/spec.yaml"],
    "five": ["b/0078-twin/spec.yaml"],
}


@pytest.fixture
def known() -> Known[str]:
    known = Known[str]()
    for identity, names in ROWS.items():
        known.add(identity, identity.title(), names)
    return known


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("pay-1", "one"), ("#12", "one"), ("12", "one"), ("/docs/34-second-thing/", "two"), ("docs/34-second-thing/spec.yaml", "two"),
        ("34-was-called-otherwise", "two"), ("elsewhere/34-second-thing/README.md", "two"), ("56", "three"), ("old/56-third.md", "three"),
        ("`docs/34-second-thing`", "two"), ("https://forge.example/tree/main/docs/34-second-thing?x=1#top", "two"),
        ("https://forge.example/docs/old/56-third.md - why it was", "three"), ("[the third](https://forge.example/56-third.md)", "three"),
        ("a/0078-twin", "four"), ("https://forge.example/b/0078-twin/spec.yaml", "five"), ("docs/34-second-thing#goals", "two"),
    ],
)  # fmt: skip
def test_a_text_means_the_row_it_names(known, text, row):
    assert known.find(text) == row


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("n/a", "It names nothing."), ("0012", "Nothing here is called so."), ("see the other one", "Nothing here is called so."),
        ("https://forge.example/issues/12", "It leads elsewhere."), ("https://other.example/34-another-thing", "It leads elsewhere."),
        ("0078-twin", "It fits 2 rows."), ("0078", "It fits 2 rows."), ("2034", "Nothing here is called so."),
        ("/", "Nothing here is called so."),
        ("https://forge.example", "It leads elsewhere."),
    ],
)  # fmt: skip
def test_a_text_that_means_no_one_row_is_left_with_the_reason(known, text, reason):
    with pytest.raises(Unmatched) as refusal:
        known.find(text)
    assert str(refusal.value) == reason


def test_a_name_that_many_rows_have_is_nobodys():
    known = Known[int]()
    for number in range(12):
        known.add(number, "", [f"docs/{number}-thing/spec.yaml"])
    assert known.find("docs/7-thing/spec.yaml") == 7
    with pytest.raises(Unmatched, match="Nothing here"):
        known.find("spec.yaml")


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("", []), (" \n ", []), ("PAY-1, PAY-2;PAY-3", ["PAY-1", "PAY-2", "PAY-3"]),
        ("one, with a comma\ntwo", ["one, with a comma", "two"]),
        ("/a/1-one /b/2-two", ["/a/1-one", "/b/2-two"]),
        ("https://a.example - what it is https://b.example", ["https://a.example - what it is", "https://b.example"]),
        ("[the first](https://a.example) [second](https://b.example)", ["[the first](https://a.example)", "[second](https://b.example)"]),
    ],
)  # fmt: skip
def test_a_cell_holds_several_references(cell, parts):
    assert split(cell) == parts
