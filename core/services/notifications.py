"""Telling people what concerns them: made from events, at most one line per person and event, for who sees what it is about."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Q

from core import clock
from core.acts import write_lock
from core.derivation import announce
from core.mentions import mentioned
from core.models import Change, Comment, Event, Follower, Notification, User, Versioned
from core.registry import subjects
from core.services.comments import reaches

Kind = Notification.Kind
COMMENT = Comment._meta.label_lower
OLD = timedelta(days=14)  # what an import or the demonstration puts further back is history, not news
CROWD = 25  # rows; of a larger act its owner tells by other means, not each row by a line
TOPIC = "notifications"


def tell(batch: list[tuple[Event, list[Change]]]) -> None:
    """People are told of these events: who is called by name, who was given something, who follows what was changed."""
    people = {person.pk: person for person in User.objects.for_sign_in()}
    since = clock.now() - OLD
    told = False
    for event, changes in batch:
        for change in changes:
            _move_along(change)
        if event.at < since:
            continue
        lines: dict[int, Notification] = {}
        for change in changes:
            for line in _lines(event, change, people, is_crowd=len(changes) > CROWD):
                known = lines.get(line.user_id)
                if known is None or _weight(line) < _weight(known):
                    lines[line.user_id] = line
        told |= _save(lines.values())
    if told:
        announce(TOPIC, [None])


def read_notifications(*, actor: User, only: Notification | None = None) -> None:
    """One line, or all of a person's lines, count as read."""
    rows = Notification.objects.filter(user_id=actor.pk, read_at=None)
    with write_lock(), transaction.atomic():
        (rows.filter(pk=only.pk) if only is not None else rows).update(read_at=clock.now())
        announce(TOPIC, [None])


def _weight(line: Notification) -> int:
    return (Kind.MENTION, Kind.ASSIGNED, Kind.COMMENT, Kind.CHANGE).index(line.kind)


def _lines(event: Event, change: Change, people: dict[int, User], *, is_crowd: bool) -> Iterable[Notification]:
    """The lines that one change of an event gives to others than who did it."""
    comment = None
    if change.subject_type == COMMENT:
        comment = Comment.objects.alive().filter(pk=change.subject_id).first()
        if comment is None:
            return
    about = comment or change
    subject = _row(about.subject_type, about.subject_id)
    if subject is None:
        return
    wanted = _called_to_comment(comment, change, people) if comment is not None else _concerned(subject, change, is_crowd)
    for pk, kind in wanted.items():
        if pk != event.actor_id and pk in people and _sees(people[pk], subject, comment):
            yield Notification(
                user_id=pk,
                kind=kind,
                event=event.number,
                actor_id=event.actor_id,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                product_id=subject.product_for_rights,
                comment=comment,
                at=event.at,
            )


def _called_to_comment(comment: Comment, change: Change, people: dict[int, User]) -> dict[int, Kind]:
    """Who is called by a new or changed comment, and who hears of a new one."""
    names = [(pk, person.name) for pk, person in people.items()]
    if change.before is not None:
        added = mentioned(comment.text, names) - mentioned(change.before.get("text", ""), names)
        wanted = dict.fromkeys(added if "text" in change.before else (), Kind.MENTION)
    else:
        wanted = dict.fromkeys(_followers(comment.subject_type, comment.subject_id), Kind.COMMENT)
        wanted |= dict.fromkeys(mentioned(comment.text, names), Kind.MENTION)
    callers = [pk for pk, kind in wanted.items() if kind == Kind.MENTION]
    _let_follow([comment.author_id, *callers], comment.subject_type, comment.subject_id)
    return wanted


def _concerned(subject: Versioned, change: Change, is_crowd: bool) -> dict[int, Kind]:
    """Whose the subject became, and, where it is not one of very many, who follows it."""
    said = set(change.after or {}) - subjects[change.subject_type].echoes
    wanted = {}
    if change.before is not None and said and not is_crowd:
        wanted = dict.fromkeys(_followers(change.subject_type, change.subject_id), Kind.CHANGE)
    owner = (change.after or {}).get("owner")
    if isinstance(owner, int):
        _let_follow([owner], change.subject_type, change.subject_id)
        wanted[owner] = Kind.ASSIGNED
    return wanted


def _sees(person: User, subject: Versioned, comment: Comment | None) -> bool:
    return reaches(person, subject) if comment is not None else type(subject).objects.visible_to(person).filter(pk=subject.pk).exists()


def _row(subject_type: str, subject_id: int) -> Versioned | None:
    """The living row, where it is of a kind that has a page."""
    subject = subjects.get(subject_type)
    if subject is None or subject.url is None:
        return None
    return apps.get_model(subject_type)._base_manager.filter(pk=subject_id, deleted_at=None).first()


def _followers(subject_type: str, subject_id: int) -> list[int]:
    rows = Follower.objects.filter(subject_type=subject_type, subject_id=subject_id, is_following=True)
    return list(rows.values_list("user_id", flat=True))


def _let_follow(people: Iterable[int], subject_type: str, subject_id: int) -> None:
    """They follow it from now on, unless they said before that they do not want to."""
    rows = [Follower(user_id=pk, subject_type=subject_type, subject_id=subject_id) for pk in dict.fromkeys(people)]
    Follower.objects.bulk_create(rows, ignore_conflicts=True)


def _save(lines: Collection[Notification]) -> bool:
    """Insert the lines; unread news of changes of one row are brought up to date instead. True where there was anything."""
    fresh = []
    for line in lines:
        same = Q(user_id=line.user_id, subject_type=line.subject_type, subject_id=line.subject_id, kind=Kind.CHANGE, read_at=None)
        values = {"event": line.event, "at": line.at, "actor_id": line.actor_id}
        if line.kind != Kind.CHANGE or not Notification.objects.filter(same).update(**values):
            fresh.append(line)
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    return bool(lines)


def _move_along(change: Change) -> None:
    """What is said about a row goes with it to another product, so that no more people see the one than the other."""
    if change.before is None or "product" not in change.before or change.subject_type == COMMENT:
        return
    about = {"subject_type": change.subject_type, "subject_id": change.subject_id}
    product_id = (change.after or {}).get("product")
    Comment.objects.filter(**about).update(product_id=product_id)
    Notification.objects.filter(**about).update(product_id=product_id)
