"""Every model is a subject of history, search and undo, or stands here with the reason why not."""

from django.apps import apps
from django.db import models

from core.models import Recorded
from core.registry import subjects
from tests.architecture.world import OURS

NO_SUBJECT = {
    "core.event": "the record itself",
    "core.change": "the record itself",
    "core.chainhead": "the end of the record",
    "core.stale": "the worker's marks",
    "core.pulse": "news for open pages, kept an hour",
    "core.cursor": "how far a consumer of events has read",
    "core.idempotencykey": "first answers, kept a day",
    "core.ratewindow": "counts of requests, kept an hour",
    "documents.draft": "one person's own, until they save it",
    "core.delivery": "how a letter or a call of the outside went; its log is its page",
    "core.pinnedview": "what a person has at hand; theirs alone",
    "core.viewsubscription": "what a person is sent; theirs alone",
    "core.newschoice": "how a person wants to hear; theirs alone",
    "core.viewdigest": "what was sent to a person; bookkeeping of deliveries",
    "core.follower": "who hears of a subject; theirs alone",
    "core.notification": "what somebody was told; theirs alone",
    "core.searchentry": "derived",
    "core.searchword": "derived",
    "roadmaps.roadmapsubscription": "what a person is sent; theirs alone",
    "roadmaps.linkvisit": "how often an address was opened; counts, kept three months",
    "integrations.importreference": "what a line of a file says of another; the relation made of it is a subject",
    "integrations.importrow": "a line of a file; the rows made of it are subjects",
    "portfolio.tileday": "derived",
    "prioritization.consensus": "derived",
    "prioritization.scorechange": "derived",
}


def ours() -> dict[str, type[models.Model]]:
    return {model._meta.label_lower: model for app in OURS if apps.is_installed(app) for model in apps.get_app_config(app).get_models()}


def test_every_model_is_a_subject_or_has_a_reason_not_to_be():
    assert set(ours()) - set(subjects) - set(NO_SUBJECT) == set()


def test_no_reason_is_left_over():
    assert (set(NO_SUBJECT) - set(ours())) | (set(NO_SUBJECT) & set(subjects)) == set()


def test_a_subject_names_fields_its_model_has():
    for label, subject in subjects.items():
        fields = {field.name for field in subject.model._meta.get_fields()}
        named = {*subject.classes, *subject.personal, *subject.echoes}
        assert named - fields == set(), label


def test_what_people_change_is_recorded():
    """A row with a version is one people edit: its changes are history."""
    assert [
        label for label, model in ours().items() if {"version", "deleted_at"} <= set(dir(model)) and not issubclass(model, Recorded)
    ] == []
