"""Page routes of core."""

from django.urls import path

from core import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("pulse/", views.pulse_view, name="pulse"),
    path("scope/", views.scope, name="scope"),
    path("", views.home, name="home"),
    path("notifications/", views.home, name="notifications"),
    path("search/", views.home, name="search"),
    path("profile/", views.home, name="profile"),
    path("settings/", views.home, name="settings"),
]
