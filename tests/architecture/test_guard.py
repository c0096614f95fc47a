"""Rows are read past the runtime guard only where it is listed here with its reason."""

import ast
from collections import Counter
from collections.abc import Iterator

from tests.architecture.world import OURS
from tests.installation import ROOT

# Beside `visible_to`, which applies the rights: where reads are marked as allowed (`scoped()`) or the guard is off, and how often.
ALLOWED = {
    # Themselves a narrowing to one person's rows, as `visible_to` is.
    "core/models/base.py ProductScoped.editable_by": 1,
    "core/models/saved_views.py SavedViewQuerySet.removed_by": 1,
    "core/models/requests.py IdempotencyKeyQuerySet.of": 1,
    # Who somebody is must be known before their rights are.
    "core/models/people.py UserQuerySet.for_sign_in": 1,
    "core/models/people.py UserManager.get_by_natural_key": 1,
    "core/models/people.py User.rights": 1,
    "core/models/people.py ApiTokenQuerySet.for_sign_in": 1,
    "core/models/invitations.py Invitation.of_token": 1,
    # A service's own reads, behind the door that asked for its rights.
    "core/acts.py act": 2,
    # Operation: how much there is, never what.
    "core/health.py ages": 1,
    "core/health.py metrics": 1,
    "core/derivation.py is_due": 1,
    "core/derivation.py oldest_due": 1,
    "core/pulse.py cursor": 2,
    "portfolio/dashboard.py new_day": 1,
    "portfolio/dashboard.py _due": 2,
    # The organisation, which everybody who is signed in belongs to.
    "core/context.py shell": 1,
    "core/views/products.py organisation": 1,
    # What happened to a row whose rights were asked for just before.
    "core/history.py of_row": 1,
    "core/history.py explain_conflict": 1,
    # The whole chain is verified, by who may; nothing of what stands in it is shown.
    "governance/views/audit.py verify": 2,
}


def passes(tree: ast.AST, within: tuple[str, ...] = ()) -> Iterator[str]:
    """The dotted name of the function or class around every pass of the guard, `visible_to` left out."""
    for node in ast.iter_child_nodes(tree):
        is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        here = (*within, node.name) if is_named else within
        if passes_guard(node) and "visible_to" not in here:
            yield ".".join(here)
        yield from passes(node, here)


def passes_guard(node: ast.AST) -> bool:
    """`….scoped()`, a flag set by hand, or `armed(False)` in any spelling."""
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Attribute) and target.attr == "_is_scoped" for target in node.targets)
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return name == "scoped" or (name == "armed" and any(isinstance(value, ast.Constant) and value.value is False for value in given))


def test_the_guard_is_passed_only_where_it_is_listed():
    found: Counter[str] = Counter()
    for folder in (*OURS, "config"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            here = path.relative_to(ROOT).as_posix()
            found.update(f"{here} {where}" for where in passes(ast.parse(path.read_text(encoding="utf-8"))))
    # The queryset that keeps the mark sets it, once as it is copied and once as it is made.
    marking = {"core/models/base.py ScopedQuerySet._clone": 1, "core/models/base.py ScopedQuerySet.scoped": 1}
    assert dict(found) == ALLOWED | marking


def test_a_pass_of_the_guard_is_noticed():
    for text in ("Feature.objects.scoped()", "guard.armed(False)", "armed(on=False)", "rows._is_scoped = True"):
        assert list(passes(ast.parse(f"def page():\n    {text}"))) == ["page"]
        assert list(passes(ast.parse(f"class Rows:\n    def visible_to(self):\n        {text}"))) == []
    assert list(passes(ast.parse("guard.armed()"))) == []
