"""What people asked, said, wrote and decided."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from core.models import User
from core.permissions import can_comment
from core.services import add_comment, pin_view, save_view
from documents import services as documents
from documents.models import Template
from documents.sections import Section
from feedback import services as feedback
from feedback.models import Feedback, Requester
from governance import services as governance
from integrations.demo.loading.book import Book
from integrations.demo.records import Check, Comment, Decision, Document, Roadmap, SharedRoadmap, View
from integrations.demo.records import Feedback as Message
from roadmaps.models import Audience
from roadmaps.services import create_link, create_roadmap, create_snapshot, note_visit, source_of

SNOOZE = timedelta(days=21)


def messages(book: Book) -> None:
    """Messages come in day by day; what speaks for a feature is linked, what will not be done is declined with its reason."""
    days: dict[tuple, list[Message]] = defaultdict(list)
    links: dict[tuple, list[tuple]] = defaultdict(list)
    for message in book.world.feedback:
        days[message.at.date(), _receiver(book, message.product).email].append(message)
        for evidence in message.evidence:
            links[evidence.at.isocalendar()[:2], evidence.by].append((message, evidence))
        if message.state == "declined":
            book.later(_evening(message.at), book.ops.email, lambda m=message: _decline(book, m))
        if message.state == "triaged" and not message.evidence:
            book.later(_evening(message.at), book.ops.email, lambda m=message: _close(book, m))
        if message.state == "snoozed":
            book.later(_evening(message.at), book.ops.email, lambda m=message: _snooze(book, m))
    for (_, receiver), some in days.items():
        book.later(max(message.at for message in some), receiver, lambda some=some, who=receiver: _receive(book, book.people[who], some))
    for (_, by), pairs in links.items():
        at = _evening(max(max(message.at, evidence.at) for message, evidence in pairs))
        book.later(at, by, lambda pairs=pairs: _link(book, pairs))


def _evening(at: datetime) -> datetime:
    """The end of the day, when everything that came in on it is there."""
    return at.replace(hour=23, minute=59, second=59)


def _sorter(book: Book, product: str) -> User:
    """Who reads what comes in for this product."""
    return book.people[next(p.owner for p in book.world.products if p.key == product)] if product else book.ops


def _receiver(book: Book, product: str) -> User:
    """Who takes in what comes for this product: product operations, where they see it."""
    return book.ops if not product or book.products[product].pk in book.ops.rights.visible else _sorter(book, product)


def _receive(book: Book, actor: User, some: list[Message]) -> None:
    rows = [
        {
            "title": message.title,
            "text": message.text,
            "kind": Feedback.Kind(message.kind.replace(" ", "_")),
            "source": message.source,
            "source_id": message.source_id,
            "product": book.products.get(message.product),
            "tags": message.tags,
            "received_at": message.at,
            "deal_size": None if message.deal_size is None else Decimal(message.deal_size),
            "deal_closes_on": message.deal_closes_on,
            "competitor": message.competitor,
            "requester": _requester(book, actor, message.requester),
            "submitter": book.people.get(message.submitter),
        }
        for message in some
    ]
    for message, row in zip(some, feedback.import_feedback(actor=actor, rows=rows), strict=True):
        book.messages[message.key] = row


def _requester(book: Book, actor: User, key: str) -> Requester:
    if key not in book.requesters:
        person = next(r for r in book.world.requesters if r.key == key)
        book.requesters[key] = feedback.create_requester(
            actor=actor, account=book.accounts.get(person.account), name=person.name, email=person.email, job=person.role
        )
    return book.requesters[key]


def _link(book: Book, pairs: list[tuple]) -> None:
    passages: dict[User, list[feedback.Passage]] = defaultdict(list)
    for message, evidence in pairs:
        row, feature = book.messages[message.key], book.features[evidence.feature]
        start = row.text.find(evidence.quote)
        span = {"start": start, "end": start + len(evidence.quote)} if start >= 0 else {}
        actor = book.people[evidence.by]
        if feature.product_id not in actor.rights.visible or (row.product_id and row.product_id not in actor.rights.editable):
            actor = _sorter(book, message.product)
        passages[actor].append(feedback.Passage(row, feature, evidence.importance, **span))
    for actor, some in passages.items():
        feedback.link_passages(actor=actor, passages=some)


def _decline(book: Book, message: Message) -> None:
    feedback.decline_feedback(actor=_sorter(book, message.product), feedback=book.messages[message.key], reason=message.declined_because)


def _close(book: Book, message: Message) -> None:
    """Thanks: read, and nothing more to do."""
    feedback.close_feedback(actor=_sorter(book, message.product), feedback=book.messages[message.key])


def _snooze(book: Book, message: Message) -> None:
    until = message.at + SNOOZE
    feedback.snooze_feedback(actor=_sorter(book, message.product), feedback=book.messages[message.key], until=until)


def writing(book: Book) -> None:
    """The PRD template, documents with their revisions, comments, decisions, checks on stages, the lists and roadmaps people keep."""
    start = min(entry.at for entry in book.world.history)
    book.later(start, book.ops.email, lambda: _template(book))
    for document in book.world.documents:
        for position, revision in enumerate(document.revisions):
            book.later(revision.at, revision.author, lambda d=document, i=position: _revision(book, d, i))
    for index, comment in enumerate(book.world.comments):
        book.later(comment.at, comment.author, lambda c=comment, i=index: _comment(book, c, i))
    for decision in book.world.decisions:
        book.later(decision.at, decision.by, lambda d=decision: _decision(book, d))
    for check in book.world.checks:
        book.later(check.at, check.by, lambda c=check: _check(book, c))
    for view in book.world.views:
        book.later(view.at, view.person, lambda v=view: _view(book, v))
    for roadmap in book.world.roadmaps:
        book.later(roadmap.at, roadmap.person, lambda r=roadmap: _roadmap(book, r))
        for board in roadmap.boards:
            book.later(board, roadmap.person, lambda r=roadmap, at=board: _board(book, r, at))
    owners = {roadmap.name: roadmap.person for roadmap in book.world.roadmaps}
    for link in book.world.links:
        book.later(link.at, owners[link.roadmap], lambda known=link: _share(book, known))


def _template(book: Book) -> None:
    template = book.world.template
    sections = [{"heading": s.title, "guidance": s.guidance, "is_required": s.required} for s in template.sections]
    known = Template.objects.filter(name=template.name, deleted_at=None).first()
    book.template = known or documents.create_template(actor=book.ops, name=template.name, purpose=template.purpose, sections=sections)


def _revision(book: Book, document: Document, position: int) -> None:
    revision, feature = document.revisions[position], book.features[document.feature]
    actor = book.editor(revision.author, feature.product.key)
    sections = [Section(section.title, section.text) for section in revision.sections]
    if position == 0:
        book.documents[document.feature] = documents.create_document(
            actor=actor, template=book.template, feature=feature, sections=sections
        )
    else:
        documents.save_document(actor=actor, document=book.documents[document.feature], sections=sections)
    # Who approved what has no room yet: a document that was approved has been in review.
    if position == len(document.revisions) - 1 and document.state != "draft":
        documents.set_document_state(actor=actor, document=book.documents[document.feature], state="in_review")


def _comment(book: Book, comment: Comment, index: int) -> None:
    thread = book.comments.get(comment.reply_to) if comment.reply_to is not None else None
    subject, author = book.features[comment.feature], book.people[comment.author]
    # What sales and support remark reaches the makers through product operations.
    actor = author if can_comment(author, subject) else book.ops if can_comment(book.ops, subject) else _sorter(book, subject.product.key)
    book.comments[index] = add_comment(actor=actor, subject=subject, text=comment.text, thread=thread)


def _view(book: Book, view: View) -> None:
    actor, product = book.people[view.person], book.products.get(view.shared)
    audience = {"is_shared": bool(view.shared), "product": product, "is_default": view.is_default}
    saved = save_view(actor=actor, page=view.page, name=view.name, query=view.query, **audience)
    for person in (*([view.person] if view.is_pinned else []), *view.pinned_by):
        pin_view(actor=book.people[person], view=saved)


def _roadmap(book: Book, roadmap: Roadmap) -> None:
    book.roadmaps[roadmap.name] = create_roadmap(
        actor=book.people[roadmap.person],
        name=roadmap.name,
        layout=roadmap.layout,
        query=roadmap.query,
        product=book.products.get(roadmap.product),
        is_theme_only=roadmap.is_theme_only,
        is_shared=True,
        sources=[book.roadmaps[name] for name in roadmap.sources],
    )


def _board(book: Book, roadmap: Roadmap, at: datetime) -> None:
    """What the board saw has a name."""
    name = f"Board, {at.day} {at:%B}"
    create_snapshot(actor=book.people[roadmap.person], roadmap=book.roadmaps[roadmap.name], name=name, at=at)


def _share(book: Book, known: SharedRoadmap) -> None:
    """Customers have the address, and open it now and then, from two places."""
    roadmap, audience = book.roadmaps[known.roadmap], Audience.objects.get(slug=known.audience, deleted_at=None)
    link, secret = create_link(actor=roadmap.owner, roadmap=roadmap, audience=audience, title=known.title)
    book.addresses.append(reverse("shared", args=[link.key, secret]))
    for number, at in enumerate(known.opened):
        book.later(at, roadmap.owner.email, lambda place=f"198.51.100.{number % 2}": note_visit(link, source_of(place)))


def _decision(book: Book, decision: Decision) -> None:
    feature, initiative = book.features.get(decision.subject), book.initiatives.get(decision.subject)
    product = book.products.get(decision.subject) or (feature or initiative).product
    governance.log_decision(
        actor=_sorter(book, product.key),
        question=decision.question,
        options=list(decision.options),
        outcome=decision.outcome,
        why=decision.why,
        decided_on=decision.at.date(),
        look_again_on=decision.look_again_on,
        product=product,
        decided_by=book.people[decision.by],
        features=[feature] if feature else [],
        initiatives=[initiative] if initiative else [],
    )


def _check(book: Book, check: Check) -> None:
    governance.create_check(
        actor=book.people[check.by], stage=book.stages[check.stage], kind=check.kind, field=check.field, least=check.least
    )
