"""The address space of the API: every app's resources, registered by name."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from core.api.events import Events
from core.api.people import People
from core.api.products import Products
from core.api.views import NoSuchAddress, Schema, docs
from documents.api import Documents, Templates
from roadmaps.api import Dependencies, Features, Initiatives, Releases, Stages

router = SimpleRouter()
router.register("products", Products, basename="api-products")
router.register("people", People, basename="api-people")
router.register("events", Events, basename="api-events")
router.register("stages", Stages, basename="api-stages")
router.register("initiatives", Initiatives, basename="api-initiatives")
router.register("releases", Releases, basename="api-releases")
router.register("features", Features, basename="api-features")
router.register("dependencies", Dependencies, basename="api-dependencies")
router.register("templates", Templates, basename="api-templates")
router.register("documents", Documents, basename="api-documents")

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    *router.urls,
    re_path("", NoSuchAddress.as_view()),
]
