"""The API's own pages: its description, the page that explains it, and the answer to unknown addresses."""

from django.http import Http404
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView


class Schema(SpectacularJSONAPIView):
    """The description of the API as OpenAPI 3.1."""


class Docs(SpectacularSwaggerSplitView):
    """The description for people."""

    url_name = "api-schema"


class NoSuchAddress(APIView):
    """Answers every address of the API that no resource has, for anybody."""

    authentication_classes = []
    permission_classes = [AllowAny]
    schema = None

    def initial(self, request, *args, **kwargs):
        raise Http404
