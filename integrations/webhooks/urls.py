"""Page routes of webhooks."""

from django.urls import path

from integrations.webhooks import views

urlpatterns = [
    path("settings/webhooks/", views.webhooks, name="webhooks"),
    path("settings/webhooks/<int:pk>/", views.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/secret/", views.webhook_secret, name="webhook-secret"),
    path("settings/webhooks/<int:pk>/removal/", views.webhook_removal, name="webhook-removal"),
]
