"""The floor's resource: a table of eleven columns and what Django REST framework does with it by itself."""

from rest_framework import pagination, serializers, viewsets
from rest_framework.permissions import AllowAny

from benchmarks.floor.models import Item


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
