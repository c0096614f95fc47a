"""Page routes of prioritization."""

from django.urls import path

from prioritization.views import priorities, settings

urlpatterns = [
    path("priorities/", priorities.priorities, name="priorities"),
    path("priorities/weights/", priorities.weights, name="priorities-weights"),
    path("features/<slug:key>/ratings/", priorities.ratings, name="feature-ratings"),
    path("features/<slug:key>/score/", priorities.score, name="feature-score"),
    path("settings/scoring/", settings.models, name="scoring-models"),
    path("settings/scoring/<int:pk>/", settings.model, name="scoring-model"),
    path("settings/scoring/<int:pk>/change/", settings.change_model, name="scoring-model-change"),
    path("settings/scoring/<int:pk>/activation/", settings.model_activation, name="scoring-model-activation"),
    path("settings/scoring/<int:pk>/removal/", settings.model_removal, name="scoring-model-removal"),
    path("settings/scoring/<int:pk>/criteria/", settings.criteria, name="scoring-model-criteria"),
    path("settings/scoring/criteria/<int:pk>/", settings.criterion, name="criterion"),
    path("settings/scoring/criteria/<int:pk>/removal/", settings.criterion_removal, name="criterion-removal"),
]
