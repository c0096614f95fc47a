"""The API's own description (OpenAPI 3.1): what DRF knows of the resources, with versions, keys, parameters and problems."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.utils import OpenApiParameter

from core.api.filters import LOOKUPS, known_parameters
from core.api.problems import KINDS, MEDIA_TYPE
from core.api.resources import Resource
from core.api.serializers import Input, Output
from core.idempotency import LONGEST_KEY

EVERYWHERE = (400, 401, 403, 404, 406, 429, 500, 503)
BY_METHOD = {
    "POST": (409, 413, 415, 422),
    "PATCH": (409, 412, 413, 415, 422),
    "PUT": (409, 412, 413, 415, 422, 428),
    "DELETE": (409, 412, 422, 428),
}
PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "instance": {"type": "string", "description": "The path asked for."},
        "request_id": {"type": "string", "description": "The id of this request in the logs; also the header X-Request-ID."},
        "errors": {
            "type": "array",
            "description": "All faulty fields and parameters at once; the field is null where the whole body is meant.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": ["string", "null"]}, "message": {"type": "string"}},
            },
        },
        "current": {"type": "integer", "description": "The current version, with 409 and 412."},
        "clashes": {
            "type": "array",
            "description": "With 409: fields that somebody else changed too.",
            "items": {"type": "object", "properties": {"field": {"type": "string"}, "mine": {}, "theirs": {}, "base": {}}},
        },
    },
}
IF_MATCH = "The version you mean, as the ETag of the answer you read. An older one is refused with 412."
KEY = "A new random text for each new request. Sent again with the same request, it answers as the first time and does nothing more."


MATCH = {"type": "string", "pattern": r'^(\*|"[0-9]+")$'}
KEY_FORM = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"}
SHAPED = ("list", "retrieve", "create", "update", "partial_update")  # the actions that answer as `fields` and `expand` say


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer pf_<key>.<secret>`"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "cookie", "name": "waymark_session", "description": "A signed-in browser, with its CSRF token."}


class WaymarkSchema(AutoSchema):
    """How one operation is described."""

    def get_operation(self, *args, **kwargs):
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            if getattr(self.view, "action", "") == "create" and getattr(self.view, "known_by", ()):
                operation["responses"]["200"] = operation["responses"]["201"]
            for status in sorted((*EVERYWHERE, *BY_METHOD.get(self.method, ()))):
                operation["responses"].setdefault(str(status), self._problem(status))
        return operation

    def get_description(self):
        """Of a list, what its rows are; of another operation, what it does."""
        action, known_by = getattr(self.view, "action", ""), getattr(self.view, "known_by", ())
        said = get_doc(type(self.view)) if action == "list" else super().get_description()
        if action == "create" and known_by:
            named = " and ".join(f"`{name}`" for name in known_by)
            said = f"{said} A row that is known by this {named} already is changed instead, and answered with 200."
        return said

    def get_serializer_name(self, serializer, direction):
        return super().get_serializer_name(serializer, direction).removesuffix("Output")

    def get_paginated_name(self, serializer_name):
        return f"{serializer_name}Page"

    def get_request_serializer(self):
        if isinstance(self.view, Resource):
            return getattr(self.view, "create_input" if self.view.action == "create" else "change_input", None)
        return super().get_request_serializer()

    def get_response_serializers(self):
        if not isinstance(self.view, Resource):
            return super().get_response_serializers()
        return None if self.view.action == "destroy" else self.view.output

    def get_override_parameters(self):
        headers = []
        if self.method in ("PUT", "PATCH", "DELETE"):
            headers.append(OpenApiParameter("If-Match", MATCH, "header", required=self.method != "PATCH", description=IF_MATCH))
        if self.method == "POST":
            headers.append(OpenApiParameter("Idempotency-Key", KEY_FORM, "header", description=KEY))
        return [*headers, *self._query()] if isinstance(self.view, Resource) else headers

    def _query(self):
        view = self.view
        if view.action == "list":
            for parameter, (name, family, lookup) in known_parameters(view.model, view.filters).items():
                field = family.field(view.model, name, lookup)
                schema = self._map_serializer_field(field, "request")
                style = {"style": "form", "explode": False} if lookup == "in" else {}
                yield OpenApiParameter(parameter, schema, description=f"{name.replace('_', ' ')}: {LOOKUPS[lookup]}.", **style)
            names = dict.fromkeys((*view.orderings, view.default_order.lstrip("-")))
            ways = [way + name for name in names for way in ("", "-")]
            yield OpenApiParameter("order", str, enum=ways, default=view.default_order, description="Blanks come last; ties by id.")
            yield OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, description="Rows a page.")
            yield OpenApiParameter("cursor", str, description="Where the page begins: take the address in `next` as it is.")
        if view.action in SHAPED:
            yield self._names("fields", view.output().fields, "Only these fields.")
            if view.output.expandable:
                yield self._names("expand", view.output.expandable, "Related rows to add under `expanded`.")

    def _names(self, name, known, description):
        schema = {"type": "array", "items": {"type": "string", "enum": sorted(known)}}
        return OpenApiParameter(name, schema, description=description, style="form", explode=False)

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and schema.get("type") == "string" and getattr(field, "allow_blank", None) is False:
            schema.setdefault("minLength", 1)
        return schema

    def _map_basic_serializer(self, serializer, direction):
        schema = super()._map_basic_serializer(serializer, direction)
        if not type(serializer).__doc__:
            schema.pop("description", None)  # that of the base class speaks to its readers
        if isinstance(serializer, Input):
            schema["additionalProperties"] = False
        if isinstance(serializer, Output):
            schema.pop("required", None)  # `?fields=` leaves the others out
            if serializer.expandable:
                related = {
                    name: self._nullable(self.resolve_serializer(kind, direction).ref) for name, kind in serializer.expandable.items()
                }
                schema["properties"]["expanded"] = {"type": "object", "properties": related}
        return schema

    @staticmethod
    def _nullable(ref: dict) -> dict:
        return {"oneOf": [ref, {"type": "null"}]}

    def _problem(self, status: int) -> dict[str, Any]:
        component = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, "Problem")
        self.registry.register_on_missing(component)
        kind = KINDS[status]
        return {"description": f"{kind.title}. {kind.when}", "content": {MEDIA_TYPE: {"schema": component.ref}}}
