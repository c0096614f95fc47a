"""A hundred and eighty companies and the people there who ask."""

from datetime import date, timedelta
from random import Random
from unicodedata import normalize

from integrations.demo.records import Account, Requester
from integrations.demo.sources import HISTORY_DAYS, Calendar, email, rows, toml

# Median yearly revenue in euro and spread (sigma of the logarithm) by segment.
REVENUE = {
    "multi-brand": (52_000, 0.75),
    "food": (38_000, 0.7),
    "pharma": (58_000, 0.75),
    "marketplace": (44_000, 0.85),
    "industrial": (60_000, 0.75),
}
LARGEST = 340_000
PLANS = ((150_000, "Enterprise"), (50_000, "Scale"), (15_000, "Growth"), (0, "Starter"))
STATES = ("prospect",) * 21 + ("churned",) * 11 + ("lost",) * 8
OWNERS = ("luke.brennan", "amara.diallo")
LOOSE = ("hkoster", "Driver in Utrecht", "mvdberg-dev", "quietfjord", "Shopper from Ghent", "j.alves.code")

# People the pictures and messages name, with what they do.
KNOWN = {
    "brightwater-foods": (("Dana Whitfield", "head of treasury"),),
    "vantage-pharma": (("Dr Jan Reuter", "head of audit"),),
    "sable-fashion-group": (("Noor Aziz", "group controller"),),
    "nordvik-marine": (("Eirik Solbakken", "operations manager"),),
    "otto-lund-retail": (("Karin Lund", "chief financial officer"),),
    "fjord-outdoor": (("Silje Aune", "transport planner"),),
    "harrow-vale-bakeries": (("Oona Castellane", "founder"),),
    "tessel-home": (("Joris Bakker-Veen", "returns desk lead"),),
    "aster-pharmacy": (("Benedikt Sommer", "head of IT"),),
}
RENEWALS = {"brightwater-foods": 128, "nordvik-marine": 52}  # days from today


def slugify(name: str) -> str:
    """A name as it stands in an address: plain letters and hyphens."""
    folded = normalize("NFKD", name.lower().replace("ø", "o")).encode("ascii", "ignore").decode()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in folded).split())


def accounts(calendar: Calendar, rng: Random) -> tuple[Account, ...]:
    """All companies; those without a written state get one so that about four in five are customers."""
    table = rows("accounts")
    states = [*STATES, *["customer"] * (sum(not row["state"] for row in table) - len(STATES))]
    rng.shuffle(states)
    drawn = iter(states)
    return tuple(make_account(row, row["state"] or next(drawn), calendar, rng) for row in table)


def make_account(row: dict[str, str], state: str, calendar: Calendar, rng: Random) -> Account:
    slug = slugify(row["name"])
    median, sigma = REVENUE[row["segment"]]
    revenue = int(row["revenue"] or min(LARGEST, round(median * rng.lognormvariate(0, sigma), -3)))
    known_for = rng.randrange(40, 420) if state in ("prospect", "lost") else rng.randrange(60, 1900)
    since = calendar.day(-known_for) if state in ("customer", "churned") else None
    return Account(
        slug=slug,
        name=row["name"],
        segment=row["segment"],
        plan=row["plan"] or next(plan for least, plan in PLANS if revenue >= least),
        revenue=revenue,
        state=state,
        owner=email(row["owner"] or rng.choice(OWNERS)),
        created_at=calendar.moment(-min(known_for, HISTORY_DAYS - 1), rng),
        customer_since=since,
        ended_on=calendar.day(-rng.randrange(5, min(known_for, 300))) if state in ("churned", "lost") else None,
        renews_on=renewal(slug, since, calendar.today, calendar) if state == "customer" else None,
    )


def renewal(slug: str, since: date, today: date, calendar: Calendar) -> date:
    """The next anniversary of the first contract day, unless agreed otherwise."""
    if slug in RENEWALS:
        return calendar.day(RENEWALS[slug])
    years = (today - since).days // 365 + 1
    return since + timedelta(days=365 * years)


def requesters(companies: tuple[Account, ...], rng: Random) -> tuple[Requester, ...]:
    """Two to seven people a company, more at larger ones, and a few who belong to none."""
    names = toml("names")
    taken = {name for people in KNOWN.values() for name, _ in people}
    found = []
    for company in companies:
        people = list(KNOWN.get(company.slug, ()))
        wanted = 2 + (company.revenue > 40_000) + (company.revenue > 90_000) * 2 + rng.randrange(2)
        while len(people) < wanted:
            name = f"{rng.choice(names['first'])} {rng.choice(names['last'])}"
            if name not in taken:
                taken.add(name)
                people.append((name, rng.choice(names["roles"])))
        for name, role in people:
            address = f"{slugify(name.removeprefix('Dr ')).replace('-', '.')}@{company.slug}.example"
            found.append(Requester(address, name, address, role, company.slug))
    found += [Requester(handle, handle, "", "", "") for handle in LOOSE]
    return tuple(found)
