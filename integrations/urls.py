"""Page routes of integrations."""

from django.urls import include, path

from integrations import views

urlpatterns = [
    path("", include("integrations.webhooks.urls")),
    path("settings/imports/", views.imports, name="imports"),
    path("settings/imports/<int:pk>/", views.import_run, name="import"),
    path("settings/imports/<int:pk>/words/", views.import_words, name="import-words"),
    path("settings/imports/<int:pk>/execution/", views.import_execution, name="import-execution"),
    path("settings/imports/<int:pk>/cancellation/", views.import_cancellation, name="import-cancellation"),
    path("settings/imports/<int:pk>/reversal/", views.import_reversal, name="import-reversal"),
    path("settings/imports/<int:pk>/mapping/", views.import_mapping, name="import-mapping"),
    path("settings/imports/mappings/<int:pk>/removal/", views.import_mapping_removal, name="import-mapping-removal"),
]
