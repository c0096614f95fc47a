"""Every page route; the API's are in config.api."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
]
