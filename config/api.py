"""The address space of the API: every app's resources, registered by name."""

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from core.api.custom_fields import CustomFields
from core.api.events import Events
from core.api.jobs import Jobs
from core.api.people import People
from core.api.products import Products
from core.api.saved_views import Views
from core.api.views import NoSuchAddress, Schema, docs
from documents.api import Documents, Templates
from feedback.api import EvidenceResource, FeedbackResource, Requesters
from governance.api import Decisions
from integrations.api import ImportMappings, ImportReferences, ImportRows, Imports
from portfolio.api import Accounts, KeyResults, Lines, MetricPoints, Metrics, Objectives, Segments, Teams
from prioritization.api import Criteria, Ratings, Scores, ScoringModels
from roadmaps.api import (
    Audiences,
    Dependencies,
    Features,
    Freezes,
    Initiatives,
    LaunchSteps,
    ReleaseItems,
    Releases,
    Roadmaps,
    ShareLinks,
    Snapshots,
    Stages,
)

router = SimpleRouter()
router.register("products", Products, basename="api-products")
router.register("people", People, basename="api-people")
router.register("views", Views, basename="api-views")
router.register("custom-fields", CustomFields, basename="api-custom-fields")
router.register("jobs", Jobs, basename="api-jobs")
router.register("events", Events, basename="api-events")
router.register("lines", Lines, basename="api-lines")
router.register("segments", Segments, basename="api-segments")
router.register("teams", Teams, basename="api-teams")
router.register("accounts", Accounts, basename="api-accounts")
router.register("objectives", Objectives, basename="api-objectives")
router.register("key-results", KeyResults, basename="api-key-results")
router.register("metrics", Metrics, basename="api-metrics")
router.register("metric-points", MetricPoints, basename="api-metric-points")
router.register("roadmaps", Roadmaps, basename="api-roadmaps")
router.register("snapshots", Snapshots, basename="api-snapshots")
router.register("audiences", Audiences, basename="api-audiences")
router.register("share-links", ShareLinks, basename="api-share-links")
router.register("stages", Stages, basename="api-stages")
router.register("initiatives", Initiatives, basename="api-initiatives")
router.register("releases", Releases, basename="api-releases")
router.register("release-items", ReleaseItems, basename="api-release-items")
router.register("launch-steps", LaunchSteps, basename="api-launch-steps")
router.register("freezes", Freezes, basename="api-freezes")
router.register("features", Features, basename="api-features")
router.register("dependencies", Dependencies, basename="api-dependencies")
router.register("requesters", Requesters, basename="api-requesters")
router.register("feedback", FeedbackResource, basename="api-feedback")
router.register("evidence", EvidenceResource, basename="api-evidence")
router.register("scoring-models", ScoringModels, basename="api-scoring-models")
router.register("criteria", Criteria, basename="api-criteria")
router.register("ratings", Ratings, basename="api-ratings")
router.register("scores", Scores, basename="api-scores")
router.register("templates", Templates, basename="api-templates")
router.register("documents", Documents, basename="api-documents")
router.register("decisions", Decisions, basename="api-decisions")
router.register("imports", Imports, basename="api-imports")
router.register("import-rows", ImportRows, basename="api-import-rows")
router.register("import-references", ImportReferences, basename="api-import-references")
router.register("import-mappings", ImportMappings, basename="api-import-mappings")

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    *router.urls,
    re_path("", NoSuchAddress.as_view()),
]
