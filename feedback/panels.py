"""What feedback shows on the pages of features and accounts."""

from core.registry import Panel, register_panel
from feedback.reports import demand_of_account, quotes_of
from portfolio.models import Account
from roadmaps.models import Feature

SHOWN = 3


def _evidence(request, feature: Feature) -> dict | None:
    """The weightiest quotes, each of another account while there are others."""
    quotes = quotes_of(request.user, feature)
    first: dict = {}
    for one in quotes:
        first.setdefault(one.account, one)
    quotes = [*first.values(), *(one for one in quotes if first[one.account] is not one)]
    return {"feature": feature, "quotes": quotes[:SHOWN], "count": len(quotes)} if quotes else None


def _asked(request, account: Account) -> dict | None:
    if not request.user.rights.is_member:
        return None
    return {"account": account, "demand": demand_of_account(request.user, account)}


register_panel(Panel(Feature, "evidence", 10, "feedback/evidence_panel.html", _evidence))
register_panel(Panel(Account, "asked", 10, "feedback/account_panel.html", _asked))
