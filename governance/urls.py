"""Page routes of governance."""

from django.urls import path

from governance import views

urlpatterns = [
    path("settings/checks/", views.checks, name="checks"),
    path("settings/checks/<int:pk>/", views.change_check, name="check"),
    path("settings/checks/<int:pk>/removal/", views.delete_check, name="check-removal"),
    path("features/<slug:key>/next-stage/", views.enter_next_stage, name="feature-next-stage"),
    path("decisions/", views.decisions, name="decisions"),
    path("decisions/new/", views.new_decision, name="decision-new"),
    path("decisions/<int:pk>/", views.decision, name="decision"),
    path("decisions/<int:pk>/change/", views.change_decision, name="decision-change"),
    path("decisions/<int:pk>/removal/", views.delete_decision, name="decision-removal"),
    path("decisions/<int:pk>/consequences/", views.carry_out, name="decision-consequences"),
    path("audit/", views.audit, name="audit"),
    path("audit/<int:number>/", views.audit_event, name="audit-event"),
    path("audit/verification/", views.verify, name="audit-verification"),
]
