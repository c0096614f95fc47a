"""The API's description as a page for people: read from the OpenAPI document, so that the two cannot differ."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Value:
    """A parameter or a field."""

    name: str
    kind: str
    is_required: bool
    text: str
    place: str = ""


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    text: str
    parameters: list[Value]
    body: list[Value]
    answers: list[Value]
    statuses: list[int]


@dataclass
class Group:
    """The operations on one resource."""

    name: str
    operations: list[Operation] = field(default_factory=list)


class Description(SchemaGenerator):
    """Makes the document once a process: it holds no data, so it is the same for everybody."""

    def get_schema(self, request=None, public=False):
        return document()


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return SchemaGenerator(api_version="1").get_schema(public=True)


@cache
def reference() -> list[Group]:
    """Every resource with its operations, in the order of addresses."""
    described = document()
    groups: dict[str, Group] = {}
    for path, operations in described["paths"].items():
        for method in METHODS:
            if said := operations.get(method):
                name = said["tags"][0]
                groups.setdefault(name, Group(name)).operations.append(_operation(described, method, path, said))
    return list(groups.values())


def _operation(document: dict, method: str, path: str, said: dict) -> Operation:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    answer: dict = next((said["responses"][code] for code in said["responses"] if code.startswith("2")), {})
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        text=said.get("description", ""),
        parameters=[
            Value(p["name"], kind(document, p["schema"]), p.get("required", False), p.get("description", ""), p["in"])
            for p in said.get("parameters", [])
        ],
        body=_fields(document, content.get("schema", {})),
        answers=_fields(document, answer.get("content", {}).get("application/json", {}).get("schema", {})),
        statuses=sorted(int(code) for code in said["responses"]),
    )


def _fields(document: dict, schema: dict) -> list[Value]:
    schema = _resolved(document, schema)
    required = schema.get("required", [])
    return [
        Value(name, kind(document, part), name in required, _resolved(document, part).get("description", ""))
        for name, part in schema.get("properties", {}).items()
    ]


def kind(document: dict, schema: dict[str, Any]) -> str:
    """A schema in a few words: `integer or null`, `list of Product`, `open, private`."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = _resolved(document, schema)
    if "enum" in schema:
        return "one of " + ", ".join("blank" if value == "" else str(value) for value in schema["enum"])
    if name:
        return name
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return " or ".join(kind(document, part) for part in schema[choice])
    types = schema.get("type", "anything")
    if types == "array":
        return f"list of {kind(document, schema['items'])}"
    words = " or ".join(types) if isinstance(types, list) else types
    return f"{words} ({schema['format']})" if "format" in schema else words


def _resolved(document: dict, schema: dict) -> dict:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema
