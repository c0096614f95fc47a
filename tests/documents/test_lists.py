"""A saved view of documents, looked into by the worker."""

from datetime import UTC, datetime, timedelta

from django.core import mail

from core import deliveries
from core import services as core
from core.models import User
from documents import services
from documents.models import Document
from tests.factories.documents import DocumentFactory


def test_a_view_of_documents_says_which_came_and_which_moved_on(cast, plan, time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 5, tzinfo=UTC), tick=False)
    draft, other = DocumentFactory(feature=plan.own), DocumentFactory(feature=plan.own, state=Document.State.IN_REVIEW)
    view = core.save_view(actor=cast.maker, page="documents", name="In review", query="state=in_review", is_shared=True)
    core.subscribe_to_view(actor=User.objects.get(pk=cast.leader.pk), view=view, cadence="daily")
    services.set_document_state(actor=cast.maker, document=draft, state="in_review")
    services.set_document_state(actor=cast.maker, document=other, state="draft")
    time_machine.shift(timedelta(hours=4))
    core.collect_digests()
    deliveries.send_due()
    (message,) = mail.outbox
    assert f"+ {draft}" in message.body
    assert f"- {other}" in message.body
