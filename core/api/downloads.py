"""Answers of the API that are files."""

from collections.abc import Mapping

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema

from core.downloads import Format


class Downloads:
    """A resource with actions that answer a file: whatever the caller accepts, its type says what it is."""

    files: tuple[str, ...] = ("export",)  # the names of these actions

    def perform_content_negotiation(self, request, force=False):
        return super().perform_content_negotiation(request, force=force or self.action in self.files)


def export_path(formats: Mapping[str, Format]) -> str:
    """The path of such an action."""
    return rf"export\.(?P<kind>{'|'.join(formats)})"


def describes_files(formats: Mapping[str, Format], *parameters: OpenApiParameter):
    """The description of such an action."""
    kind = OpenApiParameter("kind", str, "path", enum=list(formats), description="The format of the file.")
    types = {form.content_type.partition(";")[0]: form for form in formats.values()}
    return extend_schema(parameters=[kind, *parameters], responses={(200, name): OpenApiTypes.BINARY for name in types})
