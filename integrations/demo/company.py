"""The house itself: people, lines, products, rights, segments, teams and what they may spend."""

from random import Random

from integrations.demo.records import Allocation, Capacity, Line, Membership, Organisation, Person, Product, Segment, Team
from integrations.demo.sources import Calendar, email, toml

QUARTERS = range(-6, 3)  # what teams could do and money should do: from the first quarter of the history to two ahead


def organisation() -> Organisation:
    return Organisation("Quayside", "EUR", "Europe/Lisbon")


def people() -> tuple[Person, ...]:
    return tuple(
        Person(email(row["login"]), row["name"], row["title"], row["role"], row["zone"]) for row in toml("people")["person"]
    )  # fmt: skip


def lines() -> tuple[Line, ...]:
    return tuple(
        Line(row["slug"], row["name"], row.get("parent", ""), email(row["leader"]), row["purpose"]) for row in toml("products")["line"]
    )


def products() -> tuple[Product, ...]:
    return tuple(
        Product(
            key=row["key"],
            name=row["name"],
            home=row["home"],
            lines=tuple(row["lines"]),
            owner=email(row["owner"]),
            lifecycle=row["lifecycle"],
            vision=row["vision"],
            value_proposition=row["value"],
            differentiation=row["differentiation"],
            personas=tuple(row["personas"]),
            private_because=row.get("private_because", ""),
        )
        for row in toml("products")["product"]
    )


def memberships() -> tuple[Membership, ...]:
    found = []
    for row in toml("products")["product"]:
        found.append(Membership(row["key"], email(row["owner"]), "owner"))
        found += [Membership(row["key"], email(login), "editor") for login in row["editors"]]
        found += [Membership(row["key"], email(login), "viewer") for login in row["viewers"]]
    return tuple(found)


def segments() -> tuple[Segment, ...]:
    return tuple(
        Segment(row["slug"], row["name"], email(row["owner"]), row["asks"], tuple(row["products"])) for row in toml("products")["segment"]
    )


def teams() -> tuple[Team, ...]:
    return tuple(Team(row["slug"], row["name"], email(row["lead"])) for row in toml("products")["team"])


def capacities(calendar: Calendar, rng: Random) -> tuple[Capacity, ...]:
    """A team's weeks per quarter: this one as written, the others near it, growing a little over time."""
    found = []
    for row in toml("products")["team"]:
        for step in QUARTERS:
            weeks = row["capacity"] if step == 0 else round(row["capacity"] * (1 + 0.02 * step) + rng.uniform(-1.5, 1.5))
            found.append(Capacity(row["slug"], calendar.quarter(step), weeks, row["absences"], row["unplanned"]))
    return tuple(found)


def allocations(calendar: Calendar) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(row["kind"], calendar.quarter(step), row["target"], row.get("ceiling"))
        for step in range(-2, 2)
        for row in toml("products")["allocation"]
    )
