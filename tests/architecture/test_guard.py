"""Rows are read past the runtime guard only where it is listed here with its reason."""

import ast
from collections import Counter
from collections.abc import Iterator

from django.apps import apps

from core.models import ApiToken, Invitation, User
from core.models.base import Identifying
from roadmaps.models import CalendarFeed, ShareLink
from tests.architecture.world import OURS
from tests.installation import ROOT

# Beside what applies the rights (RIGHTS): where reads are marked as allowed (`scoped()`) or the guard is off, and how often.
ALLOWED = {
    # Who somebody is must be known before their rights are: people, tokens, calendars and invitations, and the pages under /accounts/.
    "core/models/base.py Identifying.for_sign_in": 1,
    "core/middleware.py RequestMiddleware.__call__": 1,
    # Themselves a narrowing to one person's rows, as `visible_to` is.
    "core/models/saved_views.py SavedViewQuerySet.removed_by": 1,
    "core/models/acts.py EventQuerySet.done_by": 1,
    "core/models/requests.py IdempotencyKeyQuerySet.of": 1,
    # What happened to a row whose rights were asked for when it was read.
    "core/models/acts.py ChangeQuerySet.of": 1,
    # A service's own reads, behind the door that asked for its rights.
    "core/acts.py act": 1,
    # That a figure waits, how much there is and how far things are: never what.
    "core/models/derived.py StaleQuerySet.of_kinds": 1,
    "core/health.py _measured": 1,
    # The whole chain is verified, by who may; nothing of what stands in it is shown.
    "core/audit.py size_and_faults": 1,
}
MOST = 10
RIGHTS = {"visible_to", "ever_visible_to"}  # the latter also of what was deleted since


def passes(tree: ast.AST, within: tuple[str, ...] = ()) -> Iterator[str]:
    """The dotted name of the function or class around every pass of the guard, those that apply rights left out."""
    for node in ast.iter_child_nodes(tree):
        is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        here = (*within, node.name) if is_named else within
        if passes_guard(node) and RIGHTS.isdisjoint(here):
            yield ".".join(here)
        yield from passes(node, here)


def passes_guard(node: ast.AST) -> bool:
    """`….scoped()`, a flag set by hand, or `armed` with anything but a plain True: it may be off then."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "_is_scoped" for target in node.targets)
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return name == "scoped" or (name == "armed" and any(ast.unparse(value) != "True" for value in given))


def test_the_guard_is_passed_only_where_it_is_listed():
    found: Counter[str] = Counter()
    for folder in (*OURS, "config"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            here = path.relative_to(ROOT).as_posix()
            found.update(f"{here} {where}" for where in passes(ast.parse(path.read_text(encoding="utf-8"))))
    # The queryset that keeps the mark sets it, once as it is copied and once as it is made.
    marking = {"core/models/base.py ScopedQuerySet._clone": 1, "core/models/base.py ScopedQuerySet.scoped": 1}
    assert dict(found) == ALLOWED | marking
    assert len(ALLOWED) <= MOST


def test_nobody_comes_in_but_by_these_rows():
    managed = {model for model in apps.get_models() if isinstance(getattr(model, "objects", None) and model.objects.all(), Identifying)}
    assert managed == {ApiToken, CalendarFeed, Invitation, ShareLink, User}


def test_a_pass_of_the_guard_is_noticed():
    for text in ("Feature.objects.scoped()", "guard.armed(False)", "armed(on=False)", "armed(not page)", "rows._is_scoped = True"):
        assert list(passes(ast.parse(f"def page():\n    {text}"))) == ["page"]
        assert list(passes(ast.parse(f"class Rows:\n    def visible_to(self):\n        {text}"))) == []
    assert list(passes(ast.parse("guard.armed()\nguard.armed(True)"))) == []
