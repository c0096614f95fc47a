"""Page routes of portfolio."""

from django.urls import path

from portfolio import views

urlpatterns = [
    path("portfolio/", views.portfolio, name="portfolio"),
    path("portfolio/tiles/<slug:kind>/", views.tile, name="tile"),
]
