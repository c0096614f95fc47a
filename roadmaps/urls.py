"""Page routes of roadmaps."""

from django.urls import path

from roadmaps.views import feature, features, plan, process, timeline

urlpatterns = [
    path("features/", features.features, name="features"),
    path("features/rows/", features.feature_rows, name="feature-rows"),
    path("features/filter/", features.feature_filter, name="feature-filter"),
    path("features/new/", features.new_feature, name="feature-new"),
    path("features/changes/", features.change_features, name="features-change"),
    path("features/cells/", features.change_cells, name="features-cells"),
    path("features/<slug:key>/", feature.feature, name="feature"),
    path("features/<slug:key>/edit/", feature.change_feature, name="feature-change"),
    path("features/<slug:key>/cell/", feature.cell, name="feature-cell"),
    path("features/<slug:key>/facts/", feature.facts, name="feature-facts"),
    path("features/<slug:key>/refusal/", feature.refusal, name="feature-refusal"),
    path("features/<slug:key>/deletion/", feature.deletion, name="feature-deletion"),
    path("features/<slug:key>/objectives/", feature.objectives, name="feature-objectives"),
    path("features/<slug:key>/dependencies/", feature.dependencies, name="feature-dependencies"),
    path("features/<slug:key>/dependencies/<int:number>/", feature.dependency, name="feature-dependency"),
    path("settings/stages/", process.stages, name="stages"),
    path("settings/stages/<slug:slug>/", process.change_stage, name="stage"),
    path("settings/stages/<slug:slug>/removal/", process.stage_removal, name="stage-removal"),
    path("roadmaps/", timeline.roadmaps, name="roadmaps"),
    path("roadmaps/timeline/", timeline.timeline, name="timeline"),
    path("roadmaps/cycle-times/<slug:key>/", timeline.cycle_times, name="cycle-times"),
    path("roadmaps/<int:number>/", timeline.roadmap, name="roadmap"),
    path("roadmaps/<int:number>/deletion/", timeline.roadmap_deletion, name="roadmap-deletion"),
    path("initiatives/", plan.initiatives, name="initiatives"),
    path("initiatives/new/", plan.change_initiative, name="initiative-new"),
    path("initiatives/<int:number>/", plan.initiative, name="initiative"),
    path("initiatives/<int:number>/edit/", plan.change_initiative, name="initiative-change"),
    path("initiatives/<int:number>/objectives/", plan.initiative_objectives, name="initiative-objectives"),
    path("initiatives/<int:number>/deletion/", plan.initiative_deletion, name="initiative-deletion"),
    path("releases/", plan.releases, name="releases"),
    path("releases/new/", plan.change_release, name="release-new"),
    path("releases/<int:number>/", plan.release, name="release"),
    path("releases/<int:number>/edit/", plan.change_release, name="release-change"),
    path("releases/<int:number>/state/", plan.release_state, name="release-state"),
    path("releases/<int:number>/deletion/", plan.release_deletion, name="release-deletion"),
]
