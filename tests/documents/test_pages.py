"""The pages of documents: what they show whom, drafts, conflicts, bad input."""

import pytest

from documents import services
from documents.models import Document, Draft, Template
from documents.sections import Section
from roadmaps.models import Feature
from tests.factories.documents import DocumentFactory, TemplateFactory
from tests.factories.feedback import EvidenceFactory, FeedbackFactory
from tests.factories.roadmaps import DependencyFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def own(cast, plan):
    return DocumentFactory(feature=plan.own, written=True)


@pytest.fixture
def hidden(cast, plan):
    return DocumentFactory(feature=plan.private, written=True)


def page(row, tail=""):
    return f"/documents/{row.pk}/{tail}"


def test_the_list_shows_documents_of_visible_products_and_narrows_by_state(cast, own, hidden, browse):
    listed = browse(cast.leader).get("/documents/").content.decode()
    assert "Own feature" in listed
    assert "canary" not in listed
    assert "Own feature" not in browse(cast.leader).get("/documents/?state=in_review").content.decode()
    assert browse(cast.leader).get("/documents/?state=nonsense&template=x&page=zzz").status_code == 200


def test_a_document_of_a_private_product_does_not_exist_for_others(cast, hidden, browse):
    for tail in ("", "versions/", "versions/1/"):
        assert browse(cast.admin).get(page(hidden, tail)).status_code == 404
        assert browse(cast.maker).get(page(hidden, tail)).status_code == 200


def test_who_may_not_write_reads_without_an_editor(cast, own, browse):
    shown = browse(cast.contributor).get(page(own) + "?view=write").content.decode()
    assert "About the problem." in shown
    assert "<textarea" not in shown


def test_an_empty_section_says_what_belongs_there(cast, plan, browse):
    row = DocumentFactory(feature=plan.own)
    shown = browse(cast.maker).get(page(row)).content.decode()
    assert "Who has it, how often." in shown
    assert "0 of 2" in shown


def test_live_fields_show_what_holds_for_this_reader(cast, plan, browse):
    Feature.objects.filter(pk=plan.own.pk).update(demand_revenue=2_460_000, title='<b>"Own"</b>')
    text = '{{ feature.key }} {{ demand.revenue }} {{ feature.title }} {{ no.such }} [a](http://x "{{ feature.title }}")'
    row = DocumentFactory(feature=plan.own, sections=[{"heading": "Problem", "text": text}])
    shown = browse(cast.leader).get(page(row)).content.decode()
    assert f"{plan.own.key}</span>" in shown
    assert "€2.46M</span>" in shown
    assert "{{ no.such }}" in shown
    assert "<b>" not in shown.split("<article")[1].split("</article>")[0]
    assert "€2.46M" not in browse(cast.contributor).get(page(row)).content.decode()


def test_a_document_is_begun_from_its_feature(cast, plan, browse):
    template = TemplateFactory()
    client = browse(cast.maker)
    assert "Write requirements" in client.get(f"/features/{plan.own.key}/").content.decode()
    made = client.post("/documents/new/", {"feature": plan.own.key, "template": template.pk})
    row = Document.objects.get()
    assert (made.status_code, made["Location"]) == (302, page(row))
    assert "0 of 2 required sections written" in client.get(f"/features/{plan.own.key}/").content.decode()
    assert client.post("/documents/new/", {"feature": plan.own.key, "template": template.pk}).status_code == 422


@pytest.mark.parametrize("feature", ["foreign", "private", "none"])
def test_a_document_is_not_begun_on_a_feature_one_may_not_edit(cast, plan, browse, feature):
    key = getattr(getattr(plan, feature, None), "key", "NONE-1")
    answer = browse(cast.other_maker if feature == "private" else cast.maker).post(
        "/documents/new/", {"feature": key, "template": TemplateFactory().pk}
    )
    assert (answer.status_code, Document.objects.count()) == (422, 0)


def test_saving_makes_a_revision_and_opens_the_document_again(cast, own, browse):
    sent = {"text": "## Problem\r\nNew words.\r\n", "based_on": 1, "view": "write"}
    answer = browse(cast.maker).post(page(own), sent)
    assert (answer.status_code, answer["Location"]) == (302, page(own) + "?view=write")
    own.refresh_from_db()
    assert [tuple(part) for part in own.parts] == [("Problem", "New words.")]


@pytest.mark.parametrize(
    "sent", [{"text": "## A\n## A", "based_on": 1}, {"text": "x", "based_on": "y"}, {"text": "x", "based_on": 99}, {"text": "x"}]
)
def test_what_cannot_be_saved_comes_back_with_a_sentence_and_the_text(cast, own, browse, sent):
    answer = browse(cast.maker).post(page(own), sent)
    assert answer.status_code == 422
    assert sent["text"] in answer.content.decode()
    own.refresh_from_db()
    assert own.revision == 1


def test_a_draft_is_kept_while_typing_and_is_there_after_the_tab_was_closed(cast, own, browse):
    kept = browse(cast.maker).post(page(own, "draft/"), {"text": "## Problem\nHalf a", "based_on": 1}, headers=HTMX)
    assert kept.status_code == 200
    assert "Half a" in kept.content.decode()
    again = browse(cast.maker).get(page(own)).content.decode()
    assert "Half a</textarea>" in again
    assert "Your draft of" in again
    assert "Half a" not in browse(cast.admin).get(page(own)).content.decode()
    browse(cast.maker).post(page(own, "draft/removal/"))
    assert "Half a" not in browse(cast.maker).get(page(own)).content.decode()


def test_a_draft_that_cannot_be_read_as_sections_is_kept_all_the_same(cast, own, browse):
    kept = browse(cast.maker).post(page(own, "draft/"), {"text": "## A\n## A", "based_on": 1}, headers=HTMX)
    assert (kept.status_code, Draft.objects.get().text) == (200, "## A\n## A")


def test_a_session_that_ran_out_is_told_so_and_the_draft_stays(cast, own, browse):
    client = browse(cast.maker)
    client.post(page(own, "draft/"), {"text": "kept", "based_on": 1}, headers=HTMX)
    client.logout()
    assert client.post(page(own, "draft/"), {"text": "lost", "based_on": 1}, headers=HTMX).status_code == 401
    assert Draft.objects.get().text == "kept"


def test_a_clash_shows_both_texts_and_the_choice_is_saved(cast, own, browse):
    services.save_document(actor=cast.maker, document=own, sections=[Section("Problem", "theirs"), Section("Outcome", "o")], based_on=1)
    client = browse(cast.maker)
    answer = client.post(page(own), {"text": "## Problem\nmine\n\n## Risk\nnew risk\n", "based_on": 1})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert 'name="section:Problem" value="mine"' in shown
    assert 'name="section:Problem" value="theirs"' in shown
    assert Draft.objects.get().text.startswith("## Problem\nmine")
    choice = {"section:Problem": "theirs", "section:Outcome": "o", "section:Risk": "", "version": own.revision, "only": "section:Problem"}
    assert client.post(page(own, "choice/"), choice | {"version": 1}).status_code == 409
    assert client.post(page(own, "choice/"), choice).status_code == 302
    own.refresh_from_db()
    assert dict(own.parts) == {"Problem": "theirs", "Outcome": "o"}
    assert not Draft.objects.exists()


def test_versions_can_be_compared_and_restored(cast, own, browse):
    services.save_document(actor=cast.maker, document=own, sections=[Section("Problem", "About the price.")], based_on=1)
    client = browse(cast.maker)
    compared = client.get(page(own, "versions/2/")).content.decode()
    assert "<del>problem</del>" in compared
    assert "<ins>price</ins>" in compared
    assert client.get(page(own, "versions/1/") + "?with=2").status_code == 200
    for wrong in ("versions/3/", "versions/2/?with=7", "versions/2/?with=x"):
        assert client.get(page(own, wrong)).status_code == 404
    assert client.post(page(own, "versions/1/restoration/")).status_code == 302
    own.refresh_from_db()
    assert (own.revision, dict(own.parts)["Problem"]) == (3, "About the problem.")


def test_state_and_deletion_by_button(cast, own, browse):
    client = browse(cast.maker)
    assert client.post(page(own, "state/"), {"state": "in_review"}).status_code == 302
    assert client.post(page(own, "state/"), {"state": "nonsense"}).status_code == 422
    assert browse(cast.leader).post(page(own, "removal/")).status_code == 403
    assert client.post(page(own, "removal/")).status_code == 302
    assert client.get(page(own)).status_code == 404


def sections_sent(*headings):
    sent = {"name": "Brief", "purpose": "", "form-TOTAL_FORMS": len(headings), "form-INITIAL_FORMS": 0}
    for place, heading in enumerate(headings):
        sent |= {f"form-{place}-heading": heading, f"form-{place}-position": len(headings) - place, f"form-{place}-is_required": "on"}
    return sent


def test_product_operations_writes_templates_under_settings(cast, browse):
    client = browse(cast.ops)
    assert client.post("/settings/templates/new/", sections_sent("Outcome", "Problem", "")).status_code == 302
    row = Template.objects.get()
    assert row.required == ["Problem", "Outcome"]
    edited = sections_sent("Why") | {"version": row.version}
    assert client.post(f"/settings/templates/{row.pk}/", edited).status_code == 302
    assert client.post(f"/settings/templates/{row.pk}/", edited | {"name": "Late"}).status_code == 422
    assert client.post("/settings/templates/new/", sections_sent()).status_code == 422
    assert browse(cast.maker).get("/settings/templates/new/").status_code == 403
    assert browse(cast.guest).get(f"/settings/templates/{row.pk}/").status_code == 404
    assert client.post(f"/settings/templates/{row.pk}/removal/").status_code == 302
    assert not Template.objects.alive().exists()


def test_dependencies_stand_in_a_document_as_they_are_now(cast, plan, browse):
    Feature.objects.filter(pk=plan.foreign.pk).update(target_date="2027-03-11")
    DependencyFactory(predecessor=plan.foreign, successor=plan.own, needed_by="2027-02-27")
    DependencyFactory(predecessor=plan.private, successor=plan.own)
    row = DocumentFactory(feature=plan.own, sections=[{"heading": "Dates", "text": "{{ dependencies }}"}])
    shown = browse(cast.leader).get(page(row)).content.decode()
    assert "12 d late" in shown
    assert "canary" not in shown


def test_evidence_stands_in_a_document_as_far_as_the_reader_may_see_it(cast, plan, browse):
    message = FeedbackFactory(product=cast.own, text="We close four entities by hand.")
    EvidenceFactory(feature=plan.own, feedback=message, quote="four entities")
    hidden = FeedbackFactory(product=cast.private, text="canary")
    EvidenceFactory(feature=plan.own, feedback=hidden, quote="canary")
    row = DocumentFactory(feature=plan.own, sections=[{"heading": "Problem", "text": "{{ evidence top=2 }}"}])
    shown = browse(cast.leader).get(page(row)).content.decode()
    assert "four entities" in shown
    assert "canary" not in shown
