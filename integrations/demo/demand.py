"""Who asks for what: how many people want each feature, and which."""

from collections import defaultdict
from random import Random

from integrations.demo.features import Plan
from integrations.demo.records import Account, Requester

# Fewest and most people behind a feature by its stage; those of the pictures have their own figure.
PEOPLE = {"D": (0, 5), "V": (2, 7), "F": (3, 9), "E": (4, 11), "L": (4, 12), "I": (1, 7), "S": (0, 3), "X": (1, 4)}
PRIVATE_PEOPLE = {"TID": 2, "HAR": 1}  # few outside know of them
SURE = {  # people whose words the pictures show
    "PAY-57": ("dana.whitfield@brightwater-foods.example", "jan.reuter@vantage-pharma.example", "noor.aziz@sable-fashion-group.example"),
    "INS-07": ("dana.whitfield@brightwater-foods.example",),
}
TRIES = 900


def people_behind(
    plans: list[Plan], requesters: tuple[Requester, ...], accounts: dict[str, Account], rng: Random
) -> dict[str, list[Requester]]:
    """The distinct requesters of each feature, by its key."""
    by_account: dict[str, list[Requester]] = defaultdict(list)
    for requester in requesters:
        by_account[requester.account].append(requester)
    eager = [requester for requester in requesters for _ in range(weight(requester, accounts))]
    found = {}
    for plan in plans:
        if "people" in plan.mockup:
            found[plan.key] = chosen_for_revenue(plan, by_account, accounts, rng)
        else:
            wanted = rng.randint(*PEOPLE[plan.letter])
            if plan.product.is_private:
                wanted = min(wanted, PRIVATE_PEOPLE[plan.product.key])
            asking = eager
            if plan.deal_account:
                asking = [*by_account[plan.deal_account] * 40, *eager[:: len(eager) // 60]]
            found[plan.key] = distinct(asking, wanted, rng)
    return found


def weight(requester: Requester, accounts: dict[str, Account]) -> int:
    """How often somebody speaks up: customers more than others, people at larger companies more than at small ones."""
    if not requester.account:
        return 1
    account = accounts[requester.account]
    return (4 if account.state == "customer" else 2) + (account.revenue > 60_000) + (account.revenue > 150_000)


def distinct(asking: list[Requester], wanted: int, rng: Random) -> list[Requester]:
    found: dict[str, Requester] = {}
    for _ in range(wanted * 8):
        if len(found) == wanted:
            break
        requester = rng.choice(asking)
        found.setdefault(requester.key, requester)
    return list(found.values())


def chosen_for_revenue(plan: Plan, by_account: dict[str, list[Requester]], accounts: dict[str, Account], rng: Random) -> list[Requester]:
    """So many people at accounts whose distinct revenue comes near the figure of the picture: swap accounts while it gets nearer."""
    wanted, goal = plan.mockup["people"], plan.mockup["revenue"]
    sure = SURE.get(plan.key, ())
    fixed = [slug for slug in accounts if any(person.key in sure for person in by_account[slug])]
    pool = [slug for slug, account in accounts.items() if account.state in ("customer", "prospect") and slug not in fixed]
    size = plan.mockup.get("accounts", max(len(fixed) + 1, round(wanted * 0.62)))
    rng.shuffle(pool)
    inside, outside = pool[: size - len(fixed)], pool[size - len(fixed) :]
    gap = goal - sum(accounts[slug].revenue for slug in [*fixed, *inside])
    for _ in range(TRIES):
        if abs(gap) < goal * 0.005:
            break
        i, o = rng.randrange(len(inside)), rng.randrange(len(outside))
        change = accounts[outside[o]].revenue - accounts[inside[i]].revenue
        if abs(gap - change) < abs(gap):
            inside[i], outside[o] = outside[o], inside[i]
            gap -= change
    return people_at([*fixed, *inside], sure, by_account, wanted, rng)


def people_at(slugs: list[str], sure: tuple[str, ...], by_account: dict[str, list[Requester]], wanted: int, rng: Random) -> list[Requester]:
    """One person at each company, those who must be there, and others of the same companies until there are enough."""
    found: dict[str, Requester] = {}
    for slug in slugs:
        must = [person for person in by_account[slug] if person.key in sure]
        for person in must or [rng.choice(by_account[slug])]:
            found[person.key] = person
    others = [person for slug in slugs for person in by_account[slug] if person.key not in found]
    rng.shuffle(others)
    for person in others[: max(0, wanted - len(found))]:
        found[person.key] = person
    return list(found.values())
