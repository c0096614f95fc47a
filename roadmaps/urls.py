"""Page routes of roadmaps."""

from django.urls import path

from roadmaps import views

urlpatterns = [
    path("features/", views.features, name="features"),
    path("features/new/", views.new_feature, name="feature-new"),
    path("features/<slug:key>/", views.feature, name="feature"),
]
