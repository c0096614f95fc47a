"""What every resource of the API is made of: rows through `visible_to`, writes through services, versions, keys, limits.

A resource of an app is a class of declarations and one method a write; see `core.api.products`.
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Field, Serializer
from rest_framework.viewsets import GenericViewSet

from core.api.filters import Filter, known_parameters, narrowed, refuse_unknown
from core.api.limits import Limits, Standing
from core.api.pagination import Order
from core.api.parsers import BoundedJSONParser
from core.api.problems import VersionNeeded
from core.api.serializers import ChangeInput, Input, Output, columns, field_names, hidden_classes, masked_fields
from core.exceptions import Outdated, RuleBroken
from core.idempotency import once
from core.rows import Row, row_of_columns, rows_of_columns, whole_rows

REPEATED = "Idempotent-Replayed"
_made = threading.local()  # the fields of each kind of input
KEPT_HEADERS = ("Location", "ETag", "Content-Type")


class Door(GenericViewSet):
    """The ground of every view of the API: bounded bodies, limits, one answer per Idempotency-Key."""

    parser_classes = [BoundedJSONParser]
    throttle_classes = [Limits]
    standing: Standing | None = None

    def initial(self, request: Request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key is not None:
            # DRF looks the handler up after this method: every POST, an extra action's too, goes through the key.
            self.post = partial(self._post_once, key, self.post)

    def options(self, request: Request, *args, **kwargs) -> Response:
        """Nothing but the headers: `Allow` names the methods."""
        return Response(status=HTTPStatus.NO_CONTENT)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.standing is not None:
            response["RateLimit-Limit"] = self.standing.limit
            response["RateLimit-Remaining"] = max(0, self.standing.remaining)
            response["RateLimit-Reset"] = self.standing.reset
        return response

    def _post_once(self, key: str, handler: Callable, request: Request, /, *args, **kwargs) -> HttpResponse:
        with once(request.user, key, f"POST {request.get_full_path()}", request._request.body) as attempt:
            first = attempt.first
            if first is not None:
                return HttpResponse(bytes(first.body), status=first.status, headers={**first.headers, REPEATED: "true"})
            # Rendered here, so that what is kept is what is sent.
            response = self.finalize_response(request, handler(request, *args, **kwargs), *args, **kwargs).render()
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            attempt.keep(status=response.status_code, body=self.kept(response), headers=headers)
        return response

    def kept(self, response: Response) -> bytes:
        """What of an answer is kept, to be given again to who sends the same key."""
        return response.content


class Resource(Door):
    """Rows of one model, listed and read by who may see them.

    `filters` and `orderings` are all a list can be asked for; those over a field class the reader does not see are unknown to them.
    """

    model: ClassVar[type[Model]]
    output: ClassVar[type[Output]]
    filters: ClassVar[dict[str, Filter]] = {}
    orderings: ClassVar[tuple[str, ...]] = ()
    default_order: ClassVar[str] = "id"
    joins: ClassVar[tuple[str, ...]] = ()  # relations whose columns the output reads
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet:
        """The rows this person sees, for services to work on."""
        return self.model.objects.visible_to(self.request.user)

    def get_object(self) -> Model:
        return get_object_or_404(self.get_queryset(), **{self.lookup_field: self.kwargs[self.lookup_field]})

    def list(self, request: Request) -> Response:
        """One page of the rows you may see."""
        filters = self.known_filters()
        refuse_unknown(request, {*known_parameters(self.model, filters), "order", "limit", "cursor", *self._shaping()})
        rows = self._spoken_rows(self.order().field.attname)
        return self.get_paginated_response(self.spoken(self.paginate_queryset(narrowed(rows, request, filters))))

    def retrieve(self, request: Request, **kwargs) -> Response:
        """One row; its ETag is the version to name in If-Match."""
        refuse_unknown(request, self._shaping())
        return self._respond(self._found(self.lookup_field, kwargs[self.lookup_field]))

    def order(self) -> Order:
        """The order asked for; raises where it is not one of `orderings`."""
        hidden = self._hidden_fields()
        known = [name for name in dict.fromkeys((*self.orderings, self.default_order.lstrip("-"))) if name not in hidden]
        given = self.request.query_params.get("order", self.default_order)
        if given.removeprefix("-") not in known:
            names = ", ".join(f"{name}, -{name}" for name in known)
            raise ValidationError({"order": f"There is no order “{given[:60]}”. Known are: {names}."})
        return Order(given, self.model._meta.get_field(given.removeprefix("-")), given.startswith("-"))

    def known_filters(self) -> dict[str, Filter]:
        """The filters over what this person sees."""
        hidden = self._hidden_fields()
        return {name: family for name, family in self.filters.items() if (family.path or name) not in hidden}

    def spoken(self, rows: Sequence[Model | Row]) -> Sequence[dict[str, Any]]:
        """The rows as JSON, as this person sees them and asked for them."""
        said = [self._output.to_representation(row) for row in rows]
        for name, find in self.output.added.items():
            if self._fields is None or name in self._fields:
                ids = [row.pk for row, line in zip(rows, said, strict=True) if line[name]]
                found = find(self.request.user, ids) if ids else {}
                for row, line in zip(rows, said, strict=True):
                    line[name] = found.get(row.pk, {})
        return said

    def answer(self, row: Model, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
        """The row as it is stored by now: what acts derive is in it."""
        return self._respond(self._found("pk", row.pk), status, headers)

    def _respond(self, row: Model | Row, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
        tag = {"ETag": f'"{row.version}"'} if self._versions else {}
        return Response(self.spoken([row])[0], status=status, headers={**tag, **(headers or {})})

    def _spoken_rows(self, *besides: str) -> QuerySet:
        """The rows this person sees with what the answer needs: as columns alone, and these besides, where no more is asked of them."""
        wanted = self._columns(*besides)
        if wanted is not None:
            return rows_of_columns(self.output, wanted).visible_to(self.request.user)
        related = (self._related(name) for name in sorted(self._expanded))
        return whole_rows(self.output, self.joins).visible_to(self.request.user).prefetch_related(*related)

    def _stored(self, by: str, value: Any) -> Model | Row | None:
        """The one row with this value in a unique column, as it is stored; None where this person does not see it."""
        wanted = self._columns(*self._versions)
        if wanted is not None:
            return next(iter(row_of_columns(value, self.request.user, self.output, wanted, by)), None)
        return self._spoken_rows().filter(**{by: value}).order_by().first()

    def _found(self, by: str, value: Any) -> Model | Row:
        row = self._stored(by, value)
        if row is None:
            raise Http404
        return row

    def _columns(self, *besides: str) -> frozenset[str] | None:
        """The columns an answer is made of, and these; None where it takes whole rows."""
        wanted = columns(self.output, hidden_classes(self.request.user), self._fields)
        if wanted is None or self._expanded or type(self).spoken is not Resource.spoken:
            return None
        return wanted.union(besides)

    @property
    def _versions(self) -> tuple[str, ...]:
        return ("version",) if hasattr(self.model, "version") else ()

    @property
    def _output(self) -> Output:
        if not hasattr(self, "_speaker"):
            hidden = hidden_classes(self.request.user)
            self._speaker = self.output(context={"hidden": hidden, "fields": self._fields, "expand": self._expanded})
        return self._speaker

    @property
    def _fields(self) -> frozenset[str] | None:
        """The fields asked for; None: all."""
        return self._chosen("fields", field_names(self.output)) if "fields" in self.request.query_params else None

    @property
    def _expanded(self) -> frozenset[str]:
        return self._chosen("expand", frozenset(self.output.expandable))

    def _shaping(self) -> set[str]:
        return {"fields", "expand"} if self.output.expandable else {"fields"}

    def _chosen(self, parameter: str, known: frozenset[str]) -> frozenset[str]:
        """The names a parameter lists; raises on an unknown one."""
        given = frozenset(filter(None, self.request.query_params.get(parameter, "").split(",")))
        if unknown := sorted(given - known):
            raise ValidationError({parameter: f"There is no “{unknown[0][:60]}” here. Known are: {', '.join(sorted(known))}."})
        return given

    def _hidden_fields(self) -> frozenset[str]:
        return masked_fields(self.model, hidden_classes(self.request.user))

    def _related(self, name: str) -> Prefetch:
        other = self.model._meta.get_field(name).related_model
        return Prefetch(name, queryset=other.objects.visible_to(self.request.user))


class Creates:
    """POST makes a row: `create_input` reads it, `create_row(**values)` calls the service and answers the row.

    `known_by` are fields that together are a row's id in another system: a row that is known by them is changed instead, by
    `change_row`, but for what is only said as a row is made (`made_with`).
    """

    create_input: ClassVar[type[Input]]
    known_by: ClassVar[tuple[str, ...]] = ()
    made_with: ClassVar[tuple[str, ...]] = ()

    def create(self, request: Request) -> Response:
        """Make a row. With an `Idempotency-Key` a repeated request makes it once and gets the first answer again."""
        refuse_unknown(request, self._shaping())
        values = read(self, self.create_input)
        known = self._known(values)
        if known is None:
            try:
                return self._make(values)
            except RuleBroken:
                known = self._known(values)  # who was faster
                if known is None:
                    raise
        changes = {name: value for name, value in values.items() if name not in (*self.known_by, *self.made_with)}
        if any(getattr(known, name, None) != value for name, value in changes.items()):  # sent again as it is, nobody changes anything
            self.change_row(known, **changes)
        return self.answer(known)

    def id_elsewhere(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a row of these values is known by in another system, by field."""
        return {name: values.get(name) for name in self.known_by}

    def _known(self, values: Mapping[str, Any]) -> Model | None:
        place = self.id_elsewhere(values)
        return self.get_queryset().filter(**place).first() if place and all(place.values()) else None

    def _make(self, values: Mapping[str, Any]) -> Response:
        made = self.create_row(**values)
        location = self.reverse_action("detail", args=[getattr(made, self.lookup_field)])
        # Who makes a thing out of their own sight gets what they sent.
        row = self._stored("pk", made.pk)
        return self._respond(made if row is None else row, HTTPStatus.CREATED, {"Location": location})


class Changes:
    """PATCH and PUT change a row: `change_input` reads, `change_row(row, seen=…, merge=…, **values)` calls the service."""

    change_input: ClassVar[type[ChangeInput]]

    def update(self, request: Request, **kwargs) -> Response:
        """Replace all fields that can be changed. Needs `If-Match`."""
        return self._change(request, whole=True)

    def partial_update(self, request: Request, **kwargs) -> Response:
        """Change some fields. With `If-Match` only where nobody changed the row since; without, the fields sent are set."""
        return self._change(request, whole=False)

    def _change(self, request: Request, whole: bool) -> Response:
        refuse_unknown(request, self._shaping())
        row = self.get_object()
        seen = seen_version(request, row.version, is_needed=whole)
        self.change_row(row, seen=seen, merge=False, **read(self, self.change_input, partial=not whole))
        return self.answer(row)


class Removes:
    """DELETE removes a row: `remove_row(row, seen=…)` calls the service."""

    def destroy(self, request: Request, **kwargs) -> Response:
        """Remove the row; history keeps it. Needs `If-Match`."""
        refuse_unknown(request, set())
        row = self.get_object()
        self.remove_row(row, seen=seen_version(request, row.version, is_needed=True))
        return Response(status=HTTPStatus.NO_CONTENT)


def read(view: Resource, kind: type[Input], **options) -> dict[str, Any]:
    """The checked values of the request's body."""
    serializer = kind(data=view.request.data, context={"request": view.request}, **options)
    # Making fields takes longer than reading a body with them: each thread makes those of a kind once and hands them on.
    if kind not in _made.__dict__:
        _made.__dict__[kind] = kind().fields
    serializer.fields = _made.__dict__[kind]
    _belong(serializer.fields, serializer)
    try:
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
    finally:
        _belong(serializer.fields, None)  # nobody's request is kept, and none is read with another's rights


def _belong(fields: Mapping[str, Field], serializer: Serializer | None) -> None:
    for field in fields.values():
        field.parent = serializer


def seen_version(request: Request, current: int, *, is_needed: bool) -> int | None:
    """The version the caller insists on by `If-Match`; None where they insist on none. Raises where it is not the current one."""
    given = request.headers.get("If-Match")
    if given is None:
        if is_needed:
            raise VersionNeeded
        return None
    if given.strip() == "*":
        return None
    tags = [tag.strip() for tag in given.split(",")]
    if not all(re.fullmatch(r'(W/)?"[^"]*"', tag) for tag in tags):
        raise ValidationError({"If-Match": 'A version is written in quotes, as the ETag was: If-Match: "7".'})
    if f'"{current}"' not in tags:
        raise Outdated(current)
    return current
