"""What people wrote: requirements, decisions, checks, status updates and comments."""

from datetime import timedelta
from random import Random

from integrations.demo.features import train_name
from integrations.demo.records import (
    Approval,
    Check,
    Comment,
    Decision,
    Document,
    DocumentRevision,
    Feature,
    Roadmap,
    Section,
    SharedRoadmap,
    StatusUpdate,
    Template,
    TemplateSection,
    View,
)
from integrations.demo.sources import FOLDER, Calendar, email, rows, text, toml

APPROVERS = {
    "PAY": "tobi.okafor",
    "OUT": "ines.carvalho",
    "DSP": "ravi.menon",
    "RET": "marit.lindqvist",
    "CON": "sofia.keller",
    "INS": "hanne.vos",
}
IN_REVIEW = "PAY-57"  # the document of the pictures: one approval gone stale, one given, one waiting


def template() -> Template:
    row = toml("template")
    sections = tuple(TemplateSection(section["title"], section["required"], section["guidance"]) for section in row["section"])
    return Template(row["name"], row["purpose"], sections)


def documents(features: dict[str, Feature], calendar: Calendar, rng: Random) -> tuple[Document, ...]:
    """The requirements of twelve features, each with the revisions it grew by."""
    return tuple(
        make_document(features[path.stem], read_sections(f"prds/{path.name}"), calendar, rng)
        for path in sorted((FOLDER / "prds").glob("*.md"))
    )


def read_sections(name: str) -> tuple[Section, ...]:
    parts = text(name).split("## ")[1:]
    return tuple(Section(title, body.strip()) for title, body in (part.split("\n", 1) for part in parts))


def make_document(feature: Feature, sections: tuple[Section, ...], calendar: Calendar, rng: Random) -> Document:
    """Begun with the problem and the outcome, then widened, then whole; approved where the work has begun."""
    made = (feature.created_at - calendar.end).days
    first = max(made + 2, -rng.randrange(70, 130))
    second = round(first + (-1 - first) * 0.4)
    revisions = tuple(
        DocumentRevision(number, calendar.moment(offset, rng), feature.owner, sections[:size])
        for number, (offset, size) in enumerate(((first, 2), (second, 4), (round(second / 2), len(sections))), start=1)
    )
    if feature.key == IN_REVIEW:
        revisions = (*revisions[:2], DocumentRevision(3, calendar.end - timedelta(hours=15), feature.owner, sections))
        approvals = (
            Approval(email("claire.dubois"), 2, calendar.moment(-6, rng)),
            Approval(email("tobi.okafor"), 3, calendar.end - timedelta(hours=14)),
            Approval(email("hanne.vos"), None, None),
        )
        return Document(feature.key, feature.title, feature.owner, "in review", revisions, approvals)
    other = email(APPROVERS[feature.product])
    is_building = feature.stage in ("delivery", "launch")
    answered = revisions[-1].at + timedelta(hours=3)
    approvals = (
        tuple(Approval(person, 3, answered) for person in (email("claire.dubois"), other))
        if is_building
        else (Approval(other, None, None),)
    )
    state = "approved" if is_building else "in review" if feature.stage == "definition" else "draft"
    return Document(feature.key, feature.title, feature.owner, state, revisions, () if state == "draft" else approvals)


def decisions(features: dict[str, Feature], calendar: Calendar, rng: Random) -> tuple[Decision, ...]:
    """The log, oldest first; a decision about a feature is never older than the feature."""
    found = []
    for row in toml("decisions")["decision"]:
        at = calendar.moment(-row["days"], rng)
        if row["subject"] in features:
            at = max(at, features[row["subject"]].created_at + timedelta(hours=3))
        found.append(
            Decision(
                subject=row["subject"],
                at=at,
                by=email(row["by"]),
                question=row["question"],
                options=tuple(row["options"]),
                outcome=row["outcome"],
                why=row["why"],
                look_again_on=calendar.day(row["again"]),
            )
        )
    return tuple(sorted(found, key=lambda decision: decision.at))


def checks(calendar: Calendar) -> tuple[Check, ...]:
    """What stages have asked of features since the last evening: what was moved before was moved without it."""
    evening = calendar.end - timedelta(hours=1)
    return tuple(
        Check(row["stage"], row["kind"], row["field"], int(row["least"]) if row["least"] else None, evening, email("petra.sommer"))
        for row in rows("checks")
    )


def updates(objectives: set[str], calendar: Calendar, rng: Random) -> tuple[StatusUpdate, ...]:
    """Status in words, oldest first; a train is named by its step."""
    trains = {f"train{step:+d}": train_name(calendar, step) for step in (0, 1)}
    found = []
    for row in rows("updates"):
        subject = trains.get(row["subject"], row["subject"])
        kind = "release" if row["subject"] in trains else "objective" if subject in objectives else "initiative"
        found.append(StatusUpdate(kind, subject, calendar.moment(-int(row["days"]), rng), email(row["author"]), row["state"], row["text"]))
    return tuple(sorted(found, key=lambda update: update.at))


def comments(features: dict[str, Feature], calendar: Calendar, rng: Random) -> tuple[Comment, ...]:
    """A hundred and fifty comments in the order of their features; an answer comes within a day and never before its feature."""
    found: list[Comment] = []
    for row in rows("comments"):
        feature = features[row["feature"]]
        is_answer = row["author"].startswith(">")
        if is_answer:
            asked = len(found) - 1
            at = found[asked].at + timedelta(minutes=rng.randrange(15, 900))
            at = min(at, calendar.end - timedelta(minutes=1))
        else:
            asked = None
            newest = (
                found[-1].at if found and found[-1].feature == feature.key else max(feature.created_at, calendar.end - timedelta(days=75))
            )
            days_left = max(1.2, (calendar.end - newest).total_seconds() / 86400)
            at = max(newest + timedelta(minutes=30), calendar.moment(-rng.uniform(1, days_left), rng))
            at = min(at, calendar.end - timedelta(minutes=2))
        found.append(Comment(feature.key, email(row["author"].removeprefix(">")), at, row["text"], asked))
    return tuple(found)


def views(calendar: Calendar, rng: Random) -> tuple[View, ...]:
    """Lists people keep beside their pages."""
    return tuple(
        View(
            email(row["person"]),
            row["page"],
            row["name"],
            row["query"],
            row["pinned"] == "yes",
            row["shared"],
            row["default"] == "yes",
            tuple(email(name) for name in row["pinned_by"].split()),
            calendar.moment(-int(row["days"]), rng),
        )
        for row in rows("views")
    )


def roadmaps(calendar: Calendar, rng: Random) -> tuple[Roadmap, ...]:
    """Roadmaps people keep for everybody: one of each layout, one of themes alone, one made of others."""
    return tuple(
        Roadmap(
            email(row["person"]),
            row["name"],
            row["layout"],
            row["query"],
            row["product"],
            row["themes"] == "yes",
            tuple(filter(None, row["sources"].split(";"))),
            calendar.moment(-int(row["days"]), rng),
            tuple(calendar.moment(-int(days), rng) for days in filter(None, row["boards"].split(";"))),
        )
        for row in rows("roadmaps")
    )


def links(calendar: Calendar, rng: Random) -> tuple[SharedRoadmap, ...]:
    """Roadmaps that customers see at an address."""
    return tuple(
        SharedRoadmap(
            row["roadmap"],
            row["audience"],
            row["title"],
            calendar.moment(-row["days"], rng),
            tuple(calendar.moment(-days, rng) for days in row["opened"]),
        )
        for row in toml("outside")["links"]
    )
