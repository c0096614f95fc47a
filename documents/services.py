"""Every write of documents."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from core import clock
from core.acts import acts, write_lock
from core.exceptions import Clash, Conflict, Outdated, OutOfSight, RuleBroken
from core.models import User
from core.models.revisions import digest_of
from core.permissions import must, must_edit
from core.writes import insert, remove, update
from documents import events
from documents.models import Document, DocumentRevision, Draft, Template, TemplateRevision, sections_in
from documents.permissions import can_change_templates
from documents.sections import LONGEST, Section, check_sections, merge, read_sections, write_text
from roadmaps.models import Feature

TEMPLATES = "Only product operations and administrators may change templates."


# --- templates ------------------------------------------------------------------------------------------------------


@acts
def create_template(*, actor: User | None, name: str, purpose: str = "", sections: Sequence[Mapping[str, Any]]) -> Template:
    """A template with its first revision. A section is {"heading", "guidance", "is_required"}."""
    must(actor is None or can_change_templates(actor), TEMPLATES)
    template = Template(name=name.strip(), purpose=purpose, sections=_template_sections(sections))
    insert(template, events.TEMPLATE_CREATED)
    _keep_template(actor, template, events.TEMPLATE_CREATED)
    return template


@acts
def change_template(*, actor: User, template: Template, seen: int | None = None, **values: Any) -> Template:
    """Name, purpose or sections are as given, kept as a new revision. Documents written before are asked for the new sections too."""
    must(can_change_templates(actor), TEMPLATES)
    if "sections" in values:
        values["sections"] = _template_sections(values["sections"])
    if all(getattr(template, name) == value for name, value in values.items()):
        return template
    # Sections are one value: who saw another version than the present one begins again.
    strictly = {"seen": template.version if seen is None else seen, "merge": False}
    update(template, values | {"revision": template.revision + 1}, events.TEMPLATE_CHANGED, **strictly)
    _keep_template(actor, template, events.TEMPLATE_CHANGED)
    return template


@acts
def delete_template(*, actor: User, template: Template, seen: int | None = None) -> Template:
    """Nobody can begin a document of it any more; those written stay."""
    must(can_change_templates(actor), TEMPLATES)
    return remove(template, events.TEMPLATE_DELETED, seen=seen)


def _template_sections(sections: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = [
        {"heading": s["heading"].strip(), "guidance": s.get("guidance", "").strip(), "is_required": bool(s.get("is_required", False))}
        for s in sections
    ]
    if not found or not all(section["heading"] for section in found):
        raise RuleBroken("A template needs at least one section, and every section a heading.", "sections")
    _checked(lambda: check_sections([Section(section["heading"], "") for section in found]))
    return found


def _keep_template(actor: User | None, template: Template, verb: str) -> None:
    content = {"name": template.name, "purpose": template.purpose, "sections": template.sections}
    revision = TemplateRevision(template=template, number=template.revision, content=content, digest=digest_of(content), author=actor)
    insert(revision, verb)


# --- documents ------------------------------------------------------------------------------------------------------


@acts
def create_document(*, actor: User, template: Template, feature: Feature, sections: Sequence[Section] | None = None) -> Document:
    """A draft about the feature with the template's headings, or with these sections."""
    must_edit(actor, feature.product_id)
    if sections is None:
        sections = [Section(section["heading"], "") for section in template.sections]
    content = _content(sections)
    document = insert(Document(template=template, feature=feature, sections=content), events.DOCUMENT_CREATED)
    _keep_document(actor, document, events.DOCUMENT_CREATED)
    return document


@acts
def save_document(
    *,
    actor: User,
    document: Document,
    sections: Sequence[Section],
    based_on: int | None = None,
    chosen: Mapping[str, str] | None = None,
    verb: str = events.DOCUMENT_SAVED,
) -> Document:
    """The sections, merged with what others saved since the revision `based_on`, are a new revision; the actor's draft is gone.

    A section changed by both raises `Conflict` with `current` being the revision that stands; `chosen` settles it, by heading.
    Nothing different: no revision, no event.
    """
    must_edit(actor, document.product_for_rights)
    _lock(document)
    mine = sections_in(_content(sections))
    if based_on is not None and based_on != document.revision:
        base = DocumentRevision.objects.filter(document=document, number=based_on).first()
        if base is None:
            raise RuleBroken("This was begun from a revision that does not exist. Open the document again.")
        mine, clashes = merge(base.parts, mine, document.parts, chosen)
        if clashes:
            raise Conflict([Clash(c.heading, c.mine, c.theirs, c.base) for c in clashes], document.revision)
    content = _content(mine)
    Draft.objects.filter(document=document, author=actor).delete()
    if content == document.sections:
        return document
    update(document, {"sections": content, "revision": document.revision + 1}, verb, seen=document.version, merge=False)
    _keep_document(actor, document, verb)
    return document


@acts
def restore_revision(*, actor: User, document: Document, revision: DocumentRevision) -> Document:
    """The document reads as it did at that revision, as a new revision; nothing is lost."""
    return save_document(actor=actor, document=document, sections=revision.parts, verb=events.DOCUMENT_RESTORED)


@acts
def set_document_state(*, actor: User, document: Document, state: str, seen: int | None = None, merge: bool = True) -> Document:
    """The document is a draft, or in review."""
    must_edit(actor, document.product_for_rights)
    if state not in Document.State.values:
        raise RuleBroken(f"A document is one of: {', '.join(Document.State.values)}.", "state")
    return update(document, {"state": state}, events.DOCUMENT_STATE_CHANGED, seen=seen, merge=merge)


@acts
def change_document(
    *,
    actor: User,
    document: Document,
    sections: Sequence[Section] | None = None,
    state: str | None = None,
    seen: int | None = None,
    merge: bool = True,
) -> Document:
    """Sections and state are as given, in one event; with `merge=False` only where nobody changed the document since `seen`."""
    must_edit(actor, document.product_for_rights)
    _lock(document)
    if not merge and seen is not None and seen != document.version:
        raise Outdated(document.version)
    if sections is not None:
        save_document(actor=actor, document=document, sections=sections)
    if state is not None:
        set_document_state(actor=actor, document=document, state=state)
    return document


@acts
def delete_document(*, actor: User, document: Document, seen: int | None = None) -> Document:
    """The document has left every list; undo brings it back."""
    must_edit(actor, document.product_for_rights)
    return remove(document, events.DOCUMENT_DELETED, seen=seen)


def keep_draft(*, actor: User, document: Document, text: str, based_on: int) -> None:
    """What the actor typed is kept for them alone, until they save or drop it. No event: it is nobody else's affair."""
    must_edit(actor, document.product_for_rights)
    if len(text) > LONGEST:
        raise RuleBroken(f"A document holds at most {LONGEST:,} characters, so this was not kept.", "text")
    draft = Draft(document=document, author=actor, text=text.replace("\r\n", "\n").replace("\0", ""), based_on=based_on)
    draft.updated_at = clock.now()
    with write_lock(), transaction.atomic():
        Draft._base_manager.bulk_create(
            [draft], update_conflicts=True, unique_fields=["document", "author"], update_fields=["text", "based_on", "updated_at"]
        )


def drop_draft(*, actor: User, document: Document) -> None:
    """The document reads for the actor as it was saved last."""
    with write_lock(), transaction.atomic():
        Draft.objects.visible_to(actor).filter(document=document).delete()


def _lock(document: Document) -> None:
    """Hold the row until the act ends, and read what stands: of two who save at once the second merges with the first."""
    found = Document._base_manager.select_for_update().filter(pk=document.pk, deleted_at=None).first()
    if found is None:
        raise OutOfSight("This document was deleted while you were writing. What you typed is kept as your draft.")
    document.refresh_from_db(fields=["sections", "revision", "state", "version", "updated_at"])


def _content(sections: Sequence[Section]) -> list[dict[str, str]]:
    """The sections as the database keeps them: those a reader of the written text would find."""
    found = _checked(lambda: read_sections(write_text(sections)))
    return [{"heading": section.heading, "text": section.text} for section in found]


def _checked(read):
    try:
        return read()
    except ValueError as error:
        raise RuleBroken(str(error), "sections") from error


def _keep_document(actor: User, document: Document, verb: str) -> None:
    content = document.sections
    revision = DocumentRevision(document=document, number=document.revision, content=content, digest=digest_of(content), author=actor)
    insert(revision, verb)
