"""Page routes of prioritization."""

from django.urls import path

from prioritization import views

urlpatterns = [
    path("priorities/", views.priorities, name="priorities"),
    path("priorities/weights/", views.weights, name="priorities-weights"),
    path("features/<slug:key>/ratings/", views.ratings, name="feature-ratings"),
    path("features/<slug:key>/score/", views.score, name="feature-score"),
]
