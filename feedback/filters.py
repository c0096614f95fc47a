"""Which messages of the inbox are shown: what its address says."""

from typing import Self

from django.http import HttpRequest, QueryDict

from core.models import Product, User
from core.search import WORD, sharing
from feedback.models import Feedback, FeedbackQuerySet
from portfolio.models import Account

TABS = {"new": "New", "mine": "Mine", "snoozed": "Snoozed", "all": "All"}
MOST_FOUND = 500


class InboxFilter:
    """A tab, words, and a kind, source, state or account; what is unknown or unreadable narrows nothing."""

    def __init__(self, user: User, scope: Product | None, query: QueryDict):
        self.user, self.scope = user, scope
        self.tab = query.get("tab") if query.get("tab") in TABS else "new"
        self.words = query.get("q", "").replace("\x00", "").strip()[:200]
        self.kind = query.get("kind") if query.get("kind") in Feedback.Kind.values else ""
        self.state = query.get("state") if query.get("state") in Feedback.State.values else ""
        self.source = query.get("source", "").replace("\x00", "")[:30]
        account = query.get("account", "")
        self.account_id = int(account) if account.isdecimal() and account.isascii() and len(account) < 19 else None

    @classmethod
    def of(cls, request: HttpRequest, scope: Product | None) -> Self:
        return cls(request.user, scope, request.GET)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind or self.state or self.source or self.account_id)

    @property
    def account(self) -> Account | None:
        """The account narrowed to, where the person sees it."""
        return Account.objects.visible_to(self.user).filter(pk=self.account_id).first() if self.account_id else None

    def of_tab(self, tab: str) -> FeedbackQuerySet:
        """The messages of a tab, narrowed to the product the person works on."""
        rows = Feedback.objects.visible_to(self.user).canonical()
        if self.scope is not None:
            rows = rows.filter(product=self.scope)
        if tab == "new":
            return rows.waiting().to_sort_by(self.user)
        if tab == "mine":
            return rows.waiting().filter(assignee=self.user)
        return rows.asleep().to_sort_by(self.user) if tab == "snoozed" else rows

    def rows(self) -> FeedbackQuerySet:
        """The messages shown, in no order yet."""
        rows = self.of_tab(self.tab)
        if self.words:
            rows = rows.filter(pk__in=sharing(self.user, "feedback.feedback", WORD.findall(self.words), MOST_FOUND))
        given = {"kind": self.kind, "source": self.source, "state": self.state, "requester__account": self.account_id}
        return rows.filter(**{name: value for name, value in given.items() if value})
