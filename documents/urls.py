"""Page routes of documents."""

from django.urls import path

from documents import views

urlpatterns = [
    path("documents/", views.documents, name="documents"),
    path("documents/new/", views.new_document, name="document-new"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/draft/", views.draft, name="document-draft"),
    path("documents/<int:pk>/draft/removal/", views.discard_draft, name="document-draft-removal"),
    path("documents/<int:pk>/choice/", views.settle, name="document-choice"),
    path("documents/<int:pk>/state/", views.change_state, name="document-state"),
    path("documents/<int:pk>/removal/", views.delete, name="document-removal"),
    path("documents/<int:pk>/versions/", views.versions, name="document-versions"),
    path("documents/<int:pk>/versions/<int:number>/", views.version, name="document-version"),
    path("documents/<int:pk>/versions/<int:number>/restoration/", views.restore, name="document-restoration"),
    path("releases/<int:number>/retrospective/", views.release_retrospective, name="release-retrospective"),
    path("settings/templates/", views.templates, name="templates"),
    path("settings/templates/new/", views.new_template, name="template-new"),
    path("settings/templates/<int:pk>/", views.template, name="template"),
    path("settings/templates/<int:pk>/removal/", views.delete_template, name="template-removal"),
]
