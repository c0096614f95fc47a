"""Waymark's routes, and the floor's: bare, with a token's look-up, with a session's."""

from django.urls import include, path
from rest_framework import pagination, serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from benchmarks.floor.models import Item
from core.api.authentication import SessionAuthentication, TokenAuthentication


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ["id", "key", "title", "description", "status", "kind", "effort", "score", "start_date", "target_date", "updated_at"]


class Pages(pagination.CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    ordering = ("-score", "id")


class Items(viewsets.ModelViewSet):
    queryset = Item.objects.all()
    serializer_class = ItemSerializer
    pagination_class = Pages
    authentication_classes = []
    permission_classes = [AllowAny]


class ItemsByToken(Items):
    authentication_classes = [TokenAuthentication]


class ItemsBySession(Items):
    authentication_classes = [SessionAuthentication]


router = SimpleRouter()
router.register("bare", Items, basename="floor-bare")
router.register("token", ItemsByToken, basename="floor-token")
router.register("session", ItemsBySession, basename="floor-session")

urlpatterns = [path("floor/", include(router.urls)), path("", include("config.urls"))]
