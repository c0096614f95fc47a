"""We may use and ship everything we build on."""

from email.message import Message

import pytest

from scripts.licences import REVIEWED, ROOT, Entry, is_permissive, packages, stated_licence, vendored


def metadata(**fields: str | list[str]) -> Message:
    message = Message()
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            message[name.replace("_", "-")] = value
    return message


def test_every_dependency_and_vendored_package_is_under_a_licence_we_may_use():
    assert [entry.refusal for entry in packages() + vendored() if entry.refusal] == []


def test_every_reviewed_package_is_still_locked():
    assert set(REVIEWED) - {entry.name for entry in packages()} == set()


def test_the_tree_carries_the_licence_it_names():
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT", "License": "something else"}, "MIT"),
        ({"Classifier": ["Topic :: Internet", "License :: OSI Approved :: BSD License"]}, "BSD-3-Clause"),
        ({"License": "Apache-2.0"}, "Apache-2.0"),
        ({"License": "BSD 3-Clause OR Apache-2.0"}, "BSD-3-Clause OR Apache-2.0"),
        ({"License": "Ask our lawyers"}, ""),
        ({"Classifier": "License :: OSI Approved :: GNU Affero General Public License v3"}, ""),
        ({}, ""),
    ],
)
def test_a_stated_licence_is_read_and_an_unclear_one_counts_as_unknown(fields, licence):
    assert stated_licence(metadata(**fields)) == licence


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT AND PSF-2.0)", True),
        ("AGPL-3.0-only", False),
        ("SSPL-1.0", False),
    ],
)
def test_an_expression_is_permissive_when_its_demands_are_met_by_permissive_licences(expression, permissive):
    assert is_permissive(expression) is permissive


@pytest.mark.parametrize(
    ("kind", "licence", "reason", "allowed"),
    [
        ("runtime", "MIT", "", True),
        ("runtime", "", "", False),
        ("runtime", "GPL-3.0-only", "a good reason", False),
        ("vendored", "AGPL-3.0-only", "a good reason", False),
        ("runtime", "LGPL-3.0-or-later", "", False),
        ("runtime", "LGPL-3.0-or-later", "used unchanged", True),
        ("development", "GPL-3.0-only", "", False),
        ("development", "GPL-3.0-only", "run as a tool", True),
    ],
)
def test_copyleft_is_for_tools_alone_and_with_a_reason(kind, licence, reason, allowed):
    assert (Entry(kind, "thing", "1", licence, reason).refusal == "") is allowed
