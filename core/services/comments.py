"""What colleagues say to each other about things."""

from core import clock, events
from core.acts import acts
from core.exceptions import NotAllowed, RuleBroken
from core.mentions import mentioned
from core.models import Comment, Follower, User, Versioned
from core.permissions import can_comment, must
from core.registry import subject_of
from core.writes import insert, remove, update

NOT_YOURS = "Only who wrote a comment may change it."


@acts
def add_comment(*, actor: User, subject: Versioned, text: str, thread: Comment | None = None) -> Comment:
    """A remark on the subject, or an answer in a thread; who wrote it follows the subject."""
    must(can_comment(actor, subject), "Your role does not let you comment on this.")
    if subject_of(subject).url is None:
        raise RuleBroken("This has no page of its own, so nobody would find a comment on it.")
    if thread is not None and (thread.subject_type, thread.subject_id) != (subject._meta.label_lower, subject.pk):
        raise RuleBroken("This thread is about something else.")
    comment = Comment(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        product_id=subject.product_for_rights,
        author=actor,
        thread_id=None if thread is None else thread.thread_id or thread.pk,
        text=_checked(text),
    )
    return insert(comment, events.COMMENT_ADDED)


@acts
def change_comment(*, actor: User, comment: Comment, text: str, seen: int | None = None) -> Comment:
    """The comment reads as given."""
    _must_be_mine(actor, comment)
    return update(comment, {"text": _checked(text)}, events.COMMENT_CHANGED, seen=seen)


@acts
def delete_comment(*, actor: User, comment: Comment) -> None:
    """The comment is gone from its thread; answers to it stay."""
    _must_be_mine(actor, comment)
    remove(comment, events.COMMENT_DELETED)


@acts
def resolve_thread(*, actor: User, comment: Comment, is_resolved: bool = True) -> Comment:
    """The thread is settled, or open again; everybody who may comment may say so."""
    must(can_comment(actor, comment), "Your role does not let you settle this.")
    root = comment if comment.thread_id is None else Comment.objects.get(pk=comment.thread_id)
    if (root.resolved_at is not None) == is_resolved:
        return root
    verb = events.COMMENT_RESOLVED if is_resolved else events.COMMENT_REOPENED
    return update(root, {"resolved_at": clock.now() if is_resolved else None}, verb)


def set_following(*, actor: User, subject: Versioned, is_following: bool) -> None:
    """Whether the person hears of the subject. Everybody's own affair, so no event tells of it."""
    row = Follower(user_id=actor.pk, subject_type=subject._meta.label_lower, subject_id=subject.pk, is_following=is_following)
    unique = ["subject_type", "subject_id", "user"]
    Follower.objects.bulk_create([row], update_conflicts=True, unique_fields=unique, update_fields=["is_following"])


def unreached(text: str, subject: Versioned) -> list[str]:
    """The names the text calls of people who will not hear it: they do not see the subject, or no comments."""
    people = {person.pk: person for person in User.objects.for_sign_in()}
    called = mentioned(text, [(pk, person.name) for pk, person in people.items()])
    return sorted(people[pk].name for pk in called if not reaches(people[pk], subject))


def reaches(person: User, subject: Versioned) -> bool:
    """Whether the person sees the subject and what is said about it."""
    return person.rights.sees("internal") and type(subject).objects.visible_to(person).filter(pk=subject.pk).exists()


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise RuleBroken("Write something first.", "text")
    if len(text) > 10_000:
        raise RuleBroken("A comment has at most 10,000 characters. Longer thoughts belong in a document.", "text")
    return text


def _must_be_mine(actor: User, comment: Comment) -> None:
    if comment.author_id != actor.pk or not can_comment(actor, comment):
        raise NotAllowed(NOT_YOURS)
