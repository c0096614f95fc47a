"""Reads of core that are no rows of one model."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Model

from core.models import Comment, Follower, NewsChoice, Notification, User
from core.registry import NewsKind, news_kinds, subject_of, subjects


@dataclass
class Thread:
    """A remark and its answers. `root` is None where the remark was removed and answers are left."""

    pk: int
    root: Comment | None = None
    answers: list[Comment] = field(default_factory=list)

    @property
    def is_resolved(self) -> bool:
        return self.root is not None and self.root.resolved_at is not None


@dataclass(frozen=True)
class Talk:
    """What is said about a row, as one person sees it."""

    row: Model
    subject: str  # `roadmaps.feature:12`, as forms name it
    threads: list[Thread]
    is_following: bool
    followers: list[User]

    @property
    def open_threads(self) -> list[Thread]:
        return [thread for thread in self.threads if not thread.is_resolved]

    @property
    def settled_threads(self) -> list[Thread]:
        return [thread for thread in self.threads if thread.is_resolved]


@dataclass(frozen=True)
class News:
    """A notification with what it is about."""

    line: Notification
    label: str
    url: str
    noun: str
    says: str


@dataclass(frozen=True)
class Thing:
    """What there is to hear of one row, the newest first."""

    subject: str
    label: str
    url: str
    news: list[News]

    @property
    def is_unread(self) -> bool:
        return any(one.line.read_at is None for one in self.news)


def talk_about(row: Model, user: User) -> Talk | None:
    """The threads on a row; None for who sees no comments, and for rows without a page."""
    if not user.rights.sees("internal") or subject_of(row).url is None:
        return None
    threads: dict[int, Thread] = {}
    for comment in Comment.objects.visible_to(user).about(row).select_related("author"):
        thread = threads.setdefault(comment.thread_id or comment.pk, Thread(comment.thread_id or comment.pk))
        if comment.thread_id is None:
            thread.root = comment
        else:
            thread.answers.append(comment)
    about = {"subject_type": row._meta.label_lower, "subject_id": row.pk}
    following = Follower.objects.filter(**about, is_following=True).values("user")
    followers = list(User.objects.visible_to(user).filter(pk__in=following, is_active=True).order_by("name", "pk"))
    return Talk(row, f"{row._meta.label_lower}:{row.pk}", sorted(threads.values(), key=lambda t: t.pk), user in followers, followers)


def find_row(subject: str, user: User) -> Model | None:
    """The row a form names by `roadmaps.feature:12`, where the person sees it; None for everything else."""
    name, _, pk = subject.partition(":")
    if name not in subjects or not pk.isdecimal() or len(pk) > 18:
        return None
    return apps.get_model(name).objects.visible_to(user).filter(pk=int(pk)).first()


def rows_of(user: User, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Model]:
    """The rows of these types and ids that the person sees, read in one statement per type."""
    by_type: dict[str, set[int]] = defaultdict(set)
    for name, pk in wanted:
        by_type[name].add(pk)
    found = {}
    for name, ids in by_type.items():
        if name in subjects:
            for row in apps.get_model(name).objects.visible_to(user).filter(pk__in=ids):
                found[name, row.pk] = row
    return found


def news_of(user: User, lines: Iterable[Notification]) -> list[News]:
    """The notifications whose subject the person still sees, in words."""
    lines = list(lines)
    rows = rows_of(user, {(line.subject_type, line.subject_id) for line in lines})
    news = []
    for line in lines:
        row = rows.get((line.subject_type, line.subject_id))
        if row is not None:
            subject = subject_of(row)
            url = subject.url(row) + (f"#comment-{line.comment_id}" if line.comment_id else "")
            news.append(News(line, subject.label(row), url, subject.noun, news_kinds[line.kind].says))
    return news


def things_of(news: Iterable[News]) -> list[Thing]:
    """The same by what it is about, in the order in which each thing comes first."""
    found: dict[str, Thing] = {}
    for one in news:
        subject = f"{one.line.subject_type}:{one.line.subject_id}"
        found.setdefault(subject, Thing(subject, one.label, one.url.partition("#")[0], [])).news.append(one)
    return list(found.values())


def news_choices(user: User) -> list[tuple[NewsKind, bool, str]]:
    """By which ways the person hears of each kind of news: (kind, in the app, by mail)."""
    said = {one.kind: (one.in_app, one.mail) for one in NewsChoice.objects.visible_to(user)}
    kinds = [kind for kind in news_kinds.values() if not kind.sees or user.rights.sees(kind.sees)]
    return [(kind, *said.get(kind.name, (kind.in_app, kind.mail))) for kind in kinds]
