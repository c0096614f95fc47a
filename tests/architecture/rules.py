"""Our own rules of secure code, over the syntax tree. Each answers the lines that break it; `test_rules.py` shows that each fires."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

READS = {"filter", "get", "all", "exclude", "values", "values_list", "count", "exists", "first", "last"}
READS |= {"aggregate", "order_by", "annotate", "in_bulk"}
HTTP_CLIENTS = {"requests", "httpx", "aiohttp", "http.client", "urllib.request", "urllib3"}


@dataclass(frozen=True)
class Rule:
    """What must not be written, where it may be all the same, and how to find it."""

    name: str
    allowed: tuple[str, ...]
    finds: Callable[[ast.AST], bool]
    only: Callable[[PurePosixPath], bool] = lambda path: True

    def broken(self, path: str, source: str) -> Iterator[str]:
        """`path:line rule` for each place."""
        here = PurePosixPath(path)
        if any(here.match(pattern) for pattern in self.allowed) or not self.only(here):
            return
        for node in nodes(source):
            if self.finds(node):
                yield f"{path}:{getattr(node, 'lineno', 0)} {self.name}"


@cache
def nodes(source: str) -> list[ast.AST]:
    """The syntax tree, flat; parsed once for all rules."""
    return list(ast.walk(ast.parse(source)))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names; calls within are passed over."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def calls(node: ast.AST, *names: str) -> bool:
    """Whether the node calls a function whose dotted name ends so."""
    return isinstance(node, ast.Call) and any(f".{dotted(node.func)}".endswith(f".{name}") for name in names)


def imports(node: ast.AST, modules: set[str]) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name in modules for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module in modules or any(f"{node.module}.{a.name}" in modules for a in node.names))


def reads_unscoped(node: ast.AST) -> bool:
    """`Model.objects.filter(…)`, where `Model.objects.visible_to(user)` must come first."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS):
        return False
    manager = node.func.value
    return isinstance(manager, ast.Attribute) and manager.attr in ("objects", "_base_manager", "_default_manager")


def saves_whole_row(node: ast.AST) -> bool:
    """`row.save()` without saying which fields: it would write over what others changed."""
    is_save = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "save"
    return is_save and not {"update_fields", "force_insert"} & {keyword.arg for keyword in node.keywords}


def takes_all_fields(node: ast.AST) -> bool:
    is_fields = isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "fields" for t in node.targets)
    return is_fields and isinstance(node.value, ast.Constant) and node.value.value == "__all__"


def writes_raw_sql(node: ast.AST) -> bool:
    """SQL put together from what is not a name of ours; where SQL is written by hand is listed."""
    return calls(node, "cursor.execute", "cursor.executemany", "objects.raw", "RawSQL", "extra", "db.execute")


def marks_what_is_not_ours(node: ast.AST) -> bool:
    """`mark_safe` of anything but a text that stands in the code."""
    return calls(node, "mark_safe", "SafeString") and not all(isinstance(argument, ast.Constant) for argument in node.args)


def is_door(path: PurePosixPath) -> bool:
    """Where requests come in: pages, API, forms, panels."""
    doors = {"views", "api", "forms", "panels", "serializers", "filters"}
    return path.stem in doors or bool(doors & set(path.parts))


# Their own bookkeeping: a token's last use, first answers and counts, the scope a person chose for themselves.
PLUMBING = ("core/api/authentication.py", "core/views/home.py")
# Where SQL is written by hand, read by a second person: sets, ranges and full text the ORM cannot say, with parameters for values.
BY_HAND = ("core/sql.py", "core/pulse.py", "core/search.py", "core/migrations/*.py", "core/models/requests.py", "core/views/health.py")
BY_HAND += ("core/past.py", "core/services/search.py", "prioritization/scoring.py", "roadmaps/services/features.py", "feedback/demand.py")

RULES = [
    Rule("unscoped-read", PLUMBING, reads_unscoped, is_door),
    Rule("mark-safe", ("core/markdown.py", "core/markup.py", "core/templatetags/*.py", "documents/live.py"), marks_what_is_not_ours),
    Rule("all-fields", (), takes_all_fields),
    Rule("http-client", ("core/outbound.py", "deploy/healthcheck.py"), lambda n: imports(n, HTTP_CLIENTS)),
    Rule("ring-outside-doorbell", ("core/doorbell.py",), lambda n: calls(n, "delay", "apply_async", "send_task")),
    Rule("host-in-address", ("core/views/*.py", "core/api/pagination.py"), lambda n: calls(n, "get_host", "build_absolute_uri")),
    Rule(
        "raw-sql",
        BY_HAND,
        writes_raw_sql,
    ),
    Rule("unsafe-loading", (), lambda n: imports(n, {"pickle", "marshal", "shelve"}) or calls(n, "yaml.load", "yaml.unsafe_load")),
    Rule("whole-row-save", ("core/drawing/*.py",), saves_whole_row),  # fonts, pages and decks are files, no rows
    Rule(
        "csrf-exempt",
        ("core/views/unsubscribing.py",),
        lambda n: calls(n, "csrf_exempt") or (isinstance(n, ast.Name) and n.id == "csrf_exempt"),
    ),
]


def redirects_unchecked(source: str) -> bool:
    """Whether a module reads where to go next from the request without the check of its host."""
    reads = any(word in source for word in ('.get("next"', ".get('next'", '["next"]'))
    return reads and "redirect" in source and "url_has_allowed_host_and_scheme" not in source
