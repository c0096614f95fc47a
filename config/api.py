"""The address space of the API: every app's resources, registered by name."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from core.api.events import Events
from core.api.people import People
from core.api.products import Products
from core.api.views import Docs, NoSuchAddress, Schema

router = SimpleRouter()
router.register("products", Products, basename="api-products")
router.register("people", People, basename="api-people")
router.register("events", Events, basename="api-events")

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    *router.urls,
    re_path("", NoSuchAddress.as_view()),
]
