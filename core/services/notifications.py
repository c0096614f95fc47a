"""Telling people what concerns them: made from events, at most one line per person and event, for who sees what it is about."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction

from core import clock
from core.acts import acts, write_lock
from core.derivation import announce
from core.exceptions import RuleBroken
from core.mentions import mentioned
from core.models import Change, Comment, Event, Follower, NewsChoice, Notification, User, Versioned, Way
from core.news import ASSIGNED, CHANGE, COMMENT, MENTION, OWN, REPLY
from core.registry import news_kinds, subjects
from core.services.comments import reaches

COMMENTS = Comment._meta.label_lower
OLD = timedelta(days=14)  # what an import or the demonstration puts further back is history, not news
TOO_OLD_TO_MAIL = timedelta(days=1)
QUIET = timedelta(minutes=3)  # a burst of edits is one mail
CROWD = 25  # rows; of a larger act its owner tells by other means, not each row by a line
TOPIC = "notifications"
Wanted = dict[int, str]  # kind of news by person


def tell(batch: list[tuple[Event, list[Change]]]) -> None:
    """People are told of these events: who is called by name, who was given something, who owns or follows what was changed."""
    people = {person.pk: person for person in User.objects.for_sign_in()}
    ways = {(one.user_id, one.kind): (one.in_app, one.mail) for one in NewsChoice.objects.all()}
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
                if known is None or news_kinds[line.kind].order < news_kinds[known.kind].order:
                    lines[line.user_id] = line
        told |= _save([line for line in lines.values() if _send_by(line, people[line.user_id], ways)])
    if told:
        announce(TOPIC, [None])


def read_notifications(*, actor: User, only: Notification | None = None, about: Versioned | None = None, is_read: bool = True) -> None:
    """One line, all about one thing, or all of a person's lines count as read, or as new again; what is read is not mailed any more."""
    rows = Notification.objects.filter(user_id=actor.pk)
    if about is not None:
        rows = rows.about(about)
    if only is not None:
        rows = rows.filter(pk=only.pk)
    with write_lock(), transaction.atomic():
        if is_read:
            rows.filter(read_at=None).update(read_at=clock.now(), mail_due_at=None)
        else:
            rows.update(read_at=None)
        announce(TOPIC, [None])


@acts
def choose_news(*, actor: User, chosen: dict[str, tuple[bool, str]]) -> None:
    """By which ways the person hears of these kinds from now on: (in the app, by mail). Their own affair, so no event tells of it."""
    if unknown := sorted(set(chosen) - set(news_kinds)):
        raise RuleBroken(f"There is no news of the kind “{unknown[0]}”.")
    if any(mail not in Way.values for _, mail in chosen.values()):
        raise RuleBroken("Choose mail at once, the daily mail, or no mail.")
    rows = [NewsChoice(user=actor, kind=kind, in_app=in_app, mail=mail) for kind, (in_app, mail) in chosen.items()]
    unique, changed = ["user", "kind"], ["in_app", "mail"]
    NewsChoice.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=changed)


def _send_by(line: Notification, person: User, ways: dict[tuple[int, str], tuple[bool, str]]) -> bool:
    """The line goes by the ways the person chose; False where they chose none."""
    kind = news_kinds[line.kind]
    if kind.sees and not person.rights.sees(kind.sees):
        return False
    line.is_shown, line.mail = ways.get((person.pk, kind.name), (kind.in_app, kind.mail))
    if line.at < clock.now() - TOO_OLD_TO_MAIL:
        line.mail = Way.NONE
    line.mail_due_at = _due(line, person)
    return line.is_shown or line.mail != Way.NONE


def _due(line: Notification, person: User) -> datetime | None:
    if line.mail == Way.DIGEST:
        return clock.next_hour(person.timezone, person.digest_hour, clock.now())
    return clock.now() + QUIET if line.mail == Way.NOW else None


def _lines(event: Event, change: Change, people: dict[int, User], *, is_crowd: bool) -> Iterator[Notification]:
    """The lines that one change of an event gives to others than who did it."""
    for kind in news_kinds.values():
        for pk, row in kind.concerns(event, change) if kind.concerns is not None else ():
            yield from _told(event, row, {pk: kind.name}, people, None)
    comment = None
    if change.subject_type == COMMENTS:
        comment = Comment.objects.alive().filter(pk=change.subject_id).first()
        if comment is None:
            return
    about = comment or change
    subject = _row(about.subject_type, about.subject_id)
    if subject is not None:
        wanted = _called_to_comment(comment, change, people) if comment is not None else _concerned(subject, change, is_crowd)
        yield from _told(event, subject, wanted, people, comment)


def _told(event: Event, row: Versioned, wanted: Wanted, people: dict[int, User], comment: Comment | None) -> Iterator[Notification]:
    """A line for each who sees the row, but for who did it."""
    for pk, kind in wanted.items():
        if pk != event.actor_id and pk in people and _sees(people[pk], row, comment):
            yield Notification(
                user_id=pk,
                kind=kind,
                since=event.number,
                event=event.number,
                actor_id=event.actor_id,
                subject_type=row._meta.label_lower,
                subject_id=row.pk,
                product_id=row.product_for_rights,
                comment=comment,
                at=event.at,
            )


def _called_to_comment(comment: Comment, change: Change, people: dict[int, User]) -> Wanted:
    """Who is called by a new or changed comment, and who hears of a new one."""
    names = [(pk, person.name) for pk, person in people.items()]
    if change.before is not None:
        added = mentioned(comment.text, names) - mentioned(change.before.get("text", ""), names)
        wanted = dict.fromkeys(added if "text" in change.before else (), MENTION)
    else:
        followers = set(_followers(comment.subject_type, comment.subject_id))
        wanted = dict.fromkeys(followers, COMMENT) | dict.fromkeys(followers & _speakers(comment), REPLY)
        wanted |= dict.fromkeys(mentioned(comment.text, names), MENTION)
    callers = [pk for pk, kind in wanted.items() if kind == MENTION]
    _let_follow([comment.author_id, *callers], comment.subject_type, comment.subject_id)
    return wanted


def _speakers(comment: Comment) -> set[int]:
    """Who spoke in the thread before."""
    if comment.thread_id is None:
        return set()
    root, answers = Comment.objects.filter(pk=comment.thread_id), Comment.objects.filter(thread=comment.thread_id, pk__lt=comment.pk)
    return set((root | answers).alive().values_list("author_id", flat=True))


def _concerned(subject: Versioned, change: Change, is_crowd: bool) -> Wanted:
    """Whose the subject became, and, where it is not one of very many, whose it is and who follows it."""
    said = set(change.after or {}) - subjects[change.subject_type].echoes
    wanted: Wanted = {}
    owner = (change.after or {}).get("owner")
    if isinstance(owner, int):
        _let_follow([owner], change.subject_type, change.subject_id)
    if change.before is not None and said and not is_crowd:
        followers = _followers(change.subject_type, change.subject_id)
        wanted = {pk: OWN if pk == getattr(subject, "owner_id", None) else CHANGE for pk in followers}
    if isinstance(owner, int):
        wanted[owner] = ASSIGNED
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
    """Insert the lines; unread news of changes of one row that were not mailed are brought up to date instead. True where there was any."""
    fresh = []
    for line in lines:
        same = {name: getattr(line, name) for name in ("user_id", "subject_type", "subject_id", "kind")}
        values = {"event": line.event, "at": line.at, "actor_id": line.actor_id}
        joins = line.kind in (CHANGE, OWN)
        if not joins or not Notification.objects.filter(**same, read_at=None, mailed=None).update(**values):
            fresh.append(line)
    Notification.objects.bulk_create(fresh, ignore_conflicts=True)
    return bool(lines)


def _move_along(change: Change) -> None:
    """What is said about a row goes with it to another product, so that no more people see the one than the other."""
    if change.before is None or "product" not in change.before or change.subject_type == COMMENTS:
        return
    about = {"subject_type": change.subject_type, "subject_id": change.subject_id}
    product_id = (change.after or {}).get("product")
    Comment.objects.filter(**about).update(product_id=product_id)
    Notification.objects.filter(**about).update(product_id=product_id)
