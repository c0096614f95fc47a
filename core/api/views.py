"""The API's own pages: its description, the page that explains it, and the answer to unknown addresses."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from core.api.problems import KINDS
from core.api.reference import Description, reference


class Schema(SpectacularJSONAPIView):
    """The description of the API as OpenAPI 3.1."""

    generator_class = Description


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people; each problem's `type` leads to its line here."""
    return render(request, "core/api_docs.html", {"groups": reference(), "problems": KINDS.values()})


class NoSuchAddress(APIView):
    """Answers every address of the API that no resource has, for anybody."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request, *args, **kwargs):
        raise Http404
