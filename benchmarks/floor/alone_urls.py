"""The floor's one resource, and the address that says the process is there."""

from django.http import HttpResponse
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from benchmarks.floor.items import Items

router = SimpleRouter()
router.register("bare", Items, basename="floor-bare")

urlpatterns = [path("healthz", lambda request: HttpResponse("ok")), path("floor/", include(router.urls))]
