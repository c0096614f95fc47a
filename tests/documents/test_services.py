"""Writing: revisions, merging, drafts, rights, events."""

import pytest

from core.exceptions import Conflict, NotAllowed, Outdated, OutOfSight, RuleBroken
from core.models import Change, Event
from core.undo import undo_event
from documents import services
from documents.models import Document, DocumentRevision, Draft, Template, TemplateRevision
from documents.sections import Section
from tests.factories.documents import SECTIONS, DocumentFactory, TemplateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(db):
    return TemplateFactory(name="Product requirements")


@pytest.fixture
def written(cast, plan, template):
    """A document of the maker's, begun as a program would."""
    return services.create_document(actor=cast.maker, template=template, feature=plan.own)


def sections(**texts):
    return [Section(s["heading"], texts.get(s["heading"], "")) for s in SECTIONS]


def texts(document):
    document.refresh_from_db()
    return {section.heading: section.text for section in document.parts}


# --- templates ------------------------------------------------------------------------------------------------------


def test_product_operations_writes_templates_and_every_content_is_kept(cast):
    row = services.create_template(actor=cast.ops, name="Brief", sections=[{"heading": "Why", "is_required": True}])
    services.change_template(actor=cast.ops, template=row, seen=row.version, sections=[{"heading": "Why now"}])
    kept = TemplateRevision.objects.filter(template=row).order_by("number")
    assert [[section["heading"] for section in revision.content["sections"]] for revision in kept] == [["Why"], ["Why now"]]
    assert (row.revision, row.required) == (2, [])


@pytest.mark.parametrize("name", ["leader", "maker", "contributor", "guest"])
def test_nobody_else_writes_templates(cast, template, name):
    actor = getattr(cast, name)
    with pytest.raises(NotAllowed):
        services.create_template(actor=actor, name="Brief", sections=SECTIONS)
    with pytest.raises(NotAllowed):
        services.change_template(actor=actor, template=template, name="Mine")
    with pytest.raises(NotAllowed):
        services.delete_template(actor=actor, template=template)


@pytest.mark.parametrize("wrong", [[], [{"heading": " "}], [{"heading": "Why"}, {"heading": "WHY"}]])
def test_a_template_needs_sections_that_can_be_told_apart(cast, wrong):
    with pytest.raises(RuleBroken):
        services.create_template(actor=cast.ops, name="Brief", sections=wrong)


def test_a_template_saved_by_another_meanwhile_is_not_overwritten(cast, template):
    services.change_template(actor=cast.ops, template=template, seen=1, name="Renamed")
    with pytest.raises(Outdated):
        services.change_template(actor=cast.admin, template=Template.objects.get(pk=template.pk), seen=1, name="Renamed too")


# --- documents ------------------------------------------------------------------------------------------------------


def test_a_document_begins_with_the_headings_of_its_template(written):
    assert [section.heading for section in written.parts] == ["Problem", "Outcome", "Risk"]
    assert (written.missing, written.filled_count, written.state, written.revision) == (["Problem", "Outcome"], 0, "draft", 1)


def test_a_feature_has_one_document_of_a_template(cast, plan, template, written):
    with pytest.raises(RuleBroken, match="already"):
        services.create_document(actor=cast.maker, template=template, feature=plan.own)


def test_saving_makes_a_revision_in_one_event_that_carries_no_text(cast, written):
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="It hurts."), based_on=1)
    assert (written.revision, written.missing) == (2, ["Outcome"])
    event = Event.objects.first()
    changes = Change.objects.filter(event=event)
    assert (event.verb, {change.subject_type for change in changes}) == (
        "documents.document_saved",
        {"documents.document", "documents.documentrevision"},
    )
    assert "hurts" not in str([(change.before, change.after) for change in changes])


def test_saving_the_same_text_makes_nothing(cast, written):
    before = Event.objects.count()
    services.save_document(actor=cast.maker, document=written, sections=sections(), based_on=1)
    assert (Event.objects.count(), written.revision) == (before, 1)


def test_two_who_wrote_different_sections_are_both_kept(cast, written):
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="mine"), based_on=1)
    later = Document.objects.get(pk=written.pk)
    services.save_document(actor=cast.maker, document=later, sections=sections(Outcome="theirs"), based_on=1)
    assert texts(written) == {"Problem": "mine", "Outcome": "theirs", "Risk": ""}


def test_two_who_wrote_the_same_section_are_asked(cast, written):
    stale = Document.objects.get(pk=written.pk)  # read before the other one saved
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="theirs"), based_on=1)
    with pytest.raises(Conflict) as raised:
        services.save_document(actor=cast.maker, document=stale, sections=sections(Problem="mine", Risk="mine"), based_on=1)
    (clash,) = raised.value.clashes
    assert (clash.field, clash.mine, clash.theirs, clash.base, raised.value.current) == ("Problem", "mine", "theirs", "", 2)
    assert texts(written)["Problem"] == "theirs"
    choice = {"chosen": {"Problem": "both"}, "based_on": 1}
    services.save_document(actor=cast.maker, document=stale, sections=sections(Problem="mine", Risk="mine"), **choice)
    assert texts(written) == {"Problem": "both", "Outcome": "", "Risk": "mine"}


def test_restoring_makes_a_revision_that_reads_like_the_old_one(cast, written):
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="new"), based_on=1)
    first = DocumentRevision.objects.get(document=written, number=1)
    services.restore_revision(actor=cast.maker, document=written, revision=first)
    newest = DocumentRevision.objects.filter(document=written).first()
    assert (written.revision, newest.number, newest.digest == first.digest) == (3, 3, True)


def test_a_deleted_document_comes_back_by_undo_and_a_saved_text_by_restoring(cast, written):
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="new"), based_on=1)
    with pytest.raises(RuleBroken, match="cannot be taken back"):
        undo_event(actor=cast.maker, event=Event.objects.first())
    services.delete_document(actor=cast.maker, document=written)
    assert not Document.objects.alive().exists()
    undo_event(actor=cast.maker, event=Event.objects.first())
    assert Document.objects.alive().get().revision == 2


def test_a_document_deleted_meanwhile_is_not_written_to(cast, written):
    services.delete_document(actor=cast.maker, document=Document.objects.get(pk=written.pk))
    with pytest.raises(OutOfSight):
        services.save_document(actor=cast.maker, document=written, sections=sections(Problem="late"), based_on=1)


def test_state_moves_between_draft_and_review_only(cast, written):
    services.set_document_state(actor=cast.maker, document=written, state="in_review")
    with pytest.raises(RuleBroken):
        services.set_document_state(actor=cast.maker, document=written, state="approved")
    assert Document.objects.get(pk=written.pk).state == "in_review"


WRITES = {
    "create": lambda actor, row: services.create_document(actor=actor, template=TemplateFactory(), feature=row.feature),
    "save": lambda actor, row: services.save_document(actor=actor, document=row, sections=sections(Problem="x"), based_on=1),
    "change": lambda actor, row: services.change_document(actor=actor, document=row, state="in_review"),
    "state": lambda actor, row: services.set_document_state(actor=actor, document=row, state="in_review"),
    "restore": lambda actor, row: services.restore_revision(actor=actor, document=row, revision=DocumentRevision.objects.get(document=row)),
    "draft": lambda actor, row: services.keep_draft(actor=actor, document=row, text="x", based_on=1),
    "delete": lambda actor, row: services.delete_document(actor=actor, document=row),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_only_owners_and_editors_of_the_product_write(cast, plan, write):
    for name in ("admin", "ops", "leader", "other_maker", "contributor", "guest"):
        for row, refusal in ((DocumentFactory(feature=plan.own), NotAllowed), (DocumentFactory(feature=plan.private), OutOfSight)):
            with pytest.raises(OutOfSight if name == "guest" else refusal):
                write(getattr(cast, name), row)
    write(cast.maker, DocumentFactory(feature=plan.private))


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_without_an_event_and_is_gone_once_saved(cast, written):
    before = Event.objects.count()
    for text in ("## Problem\nIt", "## Problem\r\nIt hurts"):
        services.keep_draft(actor=cast.maker, document=written, text=text, based_on=1)
    assert (Event.objects.count(), Draft.objects.get().text) == (before, "## Problem\nIt hurts")
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="It hurts"), based_on=1)
    assert not Draft.objects.exists()


def test_a_draft_survives_a_save_that_clashed(cast, written):
    services.save_document(actor=cast.maker, document=written, sections=sections(Problem="theirs"), based_on=1)
    services.keep_draft(actor=cast.maker, document=written, text="## Problem\nmine", based_on=1)
    with pytest.raises(Conflict):
        services.save_document(actor=cast.maker, document=written, sections=sections(Problem="mine"), based_on=1)
    assert Draft.objects.get().text == "## Problem\nmine"


def test_a_draft_is_seen_by_its_writer_alone(cast, written):
    services.keep_draft(actor=cast.maker, document=written, text="secret", based_on=1)
    assert list(Draft.objects.visible_to(cast.admin)) == []
    services.drop_draft(actor=cast.admin, document=written)
    assert Draft.objects.visible_to(cast.maker).get().text == "secret"
    services.drop_draft(actor=cast.maker, document=written)
    assert not Draft.objects.exists()
