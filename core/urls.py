"""Page routes of core."""

from django.urls import path

from core import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("pulse/", views.pulse_view, name="pulse"),
    path("scope/", views.scope, name="scope"),
    path("", views.home, name="home"),
]
