"""Waymark's routes, and the floor's: bare, with a token's look-up, with a session's."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from benchmarks.floor.items import Items
from core.api.authentication import SessionAuthentication, TokenAuthentication


class ItemsByToken(Items):
    authentication_classes = [TokenAuthentication]


class ItemsBySession(Items):
    authentication_classes = [SessionAuthentication]


router = SimpleRouter()
router.register("bare", Items, basename="floor-bare")
router.register("token", ItemsByToken, basename="floor-token")
router.register("session", ItemsBySession, basename="floor-session")

urlpatterns = [path("floor/", include(router.urls)), path("", include("config.urls"))]
