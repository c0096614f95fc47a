"""Taking messages in, and changing what is known of them."""

from collections.abc import Sequence
from typing import Any

from core import clock
from core.acts import acts
from core.exceptions import RuleBroken
from core.models import Product, User
from core.permissions import can_see_product, must, must_see
from core.writes import insert, insert_many, update
from feedback import events
from feedback.models import Evidence, Feedback, Importance, Requester
from feedback.passages import find_again
from feedback.permissions import can_read_inbox, can_submit_feedback, can_triage_product, must_triage
from feedback.services.evidence import Passage, link
from feedback.services.requesters import find_or_create_requester
from portfolio.models import Account
from portfolio.services import create_account
from roadmaps.models import Feature

GIVEN = frozenset(
    {
        "text", "title", "kind", "product", "tags", "importance", "deal_size", "deal_closes_on", "competitor", "source", "source_id",
        "received_at", "assignee",
    }
)  # fmt: skip
CHANGED = GIVEN - {"source", "source_id"} | {"requester"}
LONGEST_TITLE, MOST_TAGS, LONGEST_TAG = 200, 20, 40


@acts
def submit_feedback(
    *,
    actor: User,
    requester: Requester | None = None,
    account: Account | None = None,
    account_name: str = "",
    person: dict[str, str] | None = None,
    submitter: User | None = None,
    feature: Feature | None = None,
    **values: Any,
) -> Feedback:
    """A message, with its requester and account found or made in place.

    `person` is name, email and job of who asks, at `account` or at a new company called `account_name`. `submitter` wrote it down on
    their behalf. With a `feature` the message says so at once: its whole text becomes evidence of the importance it came with.
    """
    must(can_submit_feedback(actor), "Only members of the organisation may submit feedback.")
    values = _checked(actor, values)
    _must_say_something(values)
    if account is None and account_name.strip():
        account = create_account(actor=actor, name=" ".join(account_name.split()), state=Account.State.PROSPECT)
    if requester is None and (account is not None or any((person or {}).values())):
        requester = find_or_create_requester(actor=actor, account=account, **(person or {}))
    row = insert(new_message(values, requester, submitter), events.FEEDBACK_SUBMITTED)
    if feature is not None:
        must_see(actor, feature.product)
        link(actor, [Passage(row, feature, row.importance or Importance.IMPORTANT)])
    return row


@acts
def import_feedback(*, actor: User, rows: Sequence[dict[str, Any]]) -> Sequence[Feedback]:
    """Many messages in few statements, each of values as `submit_feedback` takes them, with `requester` a Requester or None."""
    must(can_submit_feedback(actor), "Only members of the organisation may submit feedback.")
    made = []
    for row in rows:
        values = {name: value for name, value in row.items() if name not in ("requester", "submitter")}
        values = _checked(actor, values)
        _must_say_something(values)
        made.append(new_message(values, row.get("requester"), row.get("submitter")))
    return insert_many(made, events.FEEDBACK_SUBMITTED)


@acts
def change_feedback(*, actor: User, feedback: Feedback, seen: int | None = None, merge: bool = True, **values: Any) -> Feedback:
    """The given facts are as given. Where the text changes, each quote is found again in it, or stands by itself from then on."""
    must_triage(actor, feedback)
    if unknown := set(values) - CHANGED:
        raise RuleBroken(f"A message has no editable field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    requester = {"requester": values.pop("requester")} if "requester" in values else {}
    values = _checked(actor, values) | requester
    if "product" in values and values["product"] != feedback.product:
        _may_move(actor, feedback, values["product"])
    old_text = feedback.text
    changed = update(feedback, values, events.FEEDBACK_CHANGED, seen=seen, merge=merge)
    if changed.text != old_text:
        _place_quotes_anew(changed)
    return changed


def title_of(text: str) -> str:
    """A message's first line or sentence, short enough to be its title."""
    first = " ".join(text.strip().split("\n", 1)[0].split())
    if len(first) <= LONGEST_TITLE // 2:
        return first
    return first[: LONGEST_TITLE // 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def new_message(values: dict[str, Any], requester: Requester | None, submitter: User | None) -> Feedback:
    """The message, not stored yet, with what its requester's account is now."""
    account = requester.account if requester is not None else None
    row = Feedback(requester=requester, submitter=submitter, received_at=values.pop("received_at", None) or clock.now(), **values)
    row.created_at = row.updated_at = clock.now()
    row.title = row.title or title_of(row.text)
    if account is not None:
        row.account_state, row.account_revenue = account.state, account.annual_revenue
    return row


def tidy_text(text: str) -> str:
    """The text as it is stored: its lines end alike, and nothing stands around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def source_name(text: str) -> str:
    """Where a message comes from, as it is stored: in small letters, a form where nothing is said."""
    return " ".join(text.lower().split()) or "form"


def _checked(actor: User, values: dict[str, Any]) -> dict[str, Any]:
    """The values, tidied; refuses what breaks a rule."""
    if unknown := set(values) - GIVEN:
        raise RuleBroken(f"A message has no field {', '.join(sorted(unknown))}.", sorted(unknown)[0])
    values = dict(values)
    if "text" in values:
        values["text"] = tidy_text(values["text"])
        if len(values["text"]) > Feedback.LONGEST:
            sentence = f"The text has {len(values['text']):,} characters; at most {Feedback.LONGEST:,} are kept."
            raise RuleBroken(f"{sentence} Shorten it to what they need and why.", "text")
    if "title" in values:
        values["title"] = " ".join(values["title"].split())[:LONGEST_TITLE]
    if "source" in values:
        values["source"] = source_name(values["source"])
    if "source_id" in values:
        values["source_id"] = (values["source_id"] or "").strip() or None
    if "tags" in values:
        values["tags"] = _tags(values["tags"])
    if values.get("deal_size") is not None and values["deal_size"] < 0:
        raise RuleBroken("The size of a deal cannot be less than zero.", "deal_size")
    must_see(actor, values.get("product"))
    if values.get("product") is not None and values["product"].archived_at is not None:
        raise RuleBroken(f"{values['product'].name} is archived, so nothing can be added to it.", "product")
    if values.get("assignee") is not None:
        check_assignee(values["assignee"], values.get("product"))
    return values


def _must_say_something(values: dict[str, Any]) -> None:
    if not values.get("text") and not values.get("title"):
        raise RuleBroken("Write what they need, and why.", "text")


def _tags(given: Sequence[str]) -> list[str]:
    tags = list(dict.fromkeys(" ".join(tag.lower().split()) for tag in given if tag.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise RuleBroken(f"At most {MOST_TAGS} tags of at most {LONGEST_TAG} characters each.", "tags")
    return tags


def check_assignee(person: User, product: Product | None) -> None:
    """Refuse to give a message to somebody who could not read or sort it."""
    if not can_read_inbox(person) or (product is not None and not can_see_product(person, product.pk)):
        raise RuleBroken(f"{person.name} does not see this message, so it cannot be given to them.", "assignee")


def _may_move(actor: User, feedback: Feedback, product: Product | None) -> None:
    """Refuse to move a message where its links would tell of a private product, or where the mover has no say."""
    must(can_triage_product(actor, feedback.product_id), "Only who sorts this message may move it to another product.")
    linked = Evidence.objects.filter(feedback=feedback, deleted_at=None).select_related("feature__product")
    if product is not None:
        linked = linked.exclude(feature__product=product)
    is_private = product is not None and product.is_private
    if any(is_private or evidence.feature.product.is_private for evidence in linked):
        raise RuleBroken("It is linked to a feature of another product, and one of the two is private. Unlink it first.", "product")


def _place_quotes_anew(feedback: Feedback) -> None:
    for evidence in Evidence.objects.filter(feedback=feedback, deleted_at=None).exclude(quote="").select_related("feature"):
        found = find_again(evidence.quote, feedback.text, evidence.start or 0)
        place = {"start": found.start, "end": found.end} if found else {"start": None, "end": None}
        update(evidence, place, events.EVIDENCE_CHANGED)
