"""Page routes of feedback."""

from django.urls import path

from feedback.views import inbox, linking, requests, sorting

urlpatterns = [
    path("feedback/", inbox.inbox, name="feedback"),
    path("feedback/lines/", inbox.lines, name="feedback-lines"),
    path("feedback/new/", requests.new_request, name="feedback-new"),
    path("feedback/new/accounts/", requests.accounts, name="feedback-accounts"),
    path("feedback/new/similar/", requests.already_asked, name="feedback-similar"),
    path("feedback/mine/", requests.mine, name="feedback-mine"),
    path("feedback/<int:pk>/", inbox.message, name="message"),
    path("feedback/<int:pk>/outcome/", requests.outcome, name="outcome"),
    path("feedback/<int:pk>/facts/", sorting.facts, name="message-facts"),
    path("feedback/<int:pk>/snooze/", sorting.snooze, name="message-snooze"),
    path("feedback/<int:pk>/refusal/", sorting.refusal, name="message-refusal"),
    path("feedback/<int:pk>/closure/", sorting.closure, name="message-closure"),
    path("feedback/<int:pk>/reopening/", sorting.reopening, name="message-reopening"),
    path("feedback/<int:pk>/merge/", sorting.merge, name="message-merge"),
    path("feedback/<int:pk>/evidence/", linking.evidence, name="message-evidence"),
    path("feedback/<int:pk>/candidates/", linking.candidates, name="message-candidates"),
    path("evidence/<int:pk>/", linking.quote, name="quote"),
    path("features/<slug:key>/evidence/", linking.feature_evidence, name="feature-evidence"),
]
