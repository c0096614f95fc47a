"""The plan as it grew: initiatives, releases, features with every move, dependencies, scoring and ratings, check-ins."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from core import clock
from core.acts import Because, act
from core.models import User
from integrations.demo.loading.book import Book
from integrations.demo.records import Act, Effort, Initiative, Release
from integrations.demo.records import Feature as Planned
from portfolio import services as portfolio
from prioritization import services as scoring
from prioritization.models import Criterion
from roadmaps import models, services
from roadmaps.models import Dependency, Feature

BEFORE = timedelta(minutes=1)
MEASURES = {"effort": Criterion.Source.EFFORT, "people": Criterion.Source.DEMAND, "revenue": Criterion.Source.REVENUE}


def themes_and_releases(book: Book) -> None:
    """Initiatives and releases on the day they were made, at the latest before the first feature needs them; a release ships, or is
    taken back, on its day.
    """
    needed: dict[tuple[str, str], datetime] = {}
    for feature in sorted(book.world.features, key=lambda f: f.created_at, reverse=True):
        needed["initiative", feature.initiative] = feature.created_at
    for entry in sorted(book.world.history, key=lambda a: a.at, reverse=True):
        needed |= {("release", str(change.after)): entry.at for change in entry.changes if change.field == "release"}
    for initiative in book.world.initiatives:
        at = min(initiative.created_at, needed.get(("initiative", initiative.slug), initiative.created_at) - BEFORE)
        book.later(at, initiative.owner, lambda i=initiative: _initiative(book, i))
    for release in book.world.releases:
        at = min(release.created_at, needed.get(("release", release.version), release.created_at) - BEFORE)
        book.later(at, _release_actor(book, release), lambda r=release: _release(book, r))


def _initiative(book: Book, initiative: Initiative) -> None:
    links = [(book.objectives[slug], strength) for slug, strength in initiative.objectives if slug in book.objectives]
    book.initiatives[initiative.slug] = services.create_initiative(
        actor=book.editor(initiative.owner, initiative.product),
        product=book.products[initiative.product],
        name=initiative.title,
        outside_name=initiative.outside_name,
        outcome=initiative.outcome,
        owner=book.people[initiative.owner],
        horizon=initiative.horizon,
        objectives=links,
    )
    late = [(slug, strength) for slug, strength in initiative.objectives if slug not in book.objectives]
    for slug, _ in late:
        start = next(o for o in book.world.objectives if o.slug == slug).period_start
        at = initiative.created_at.replace(year=start.year, month=start.month, day=start.day) + timedelta(hours=10)
        book.later(max(at, initiative.created_at), initiative.owner, lambda i=initiative: _link(book, i))


def _link(book: Book, initiative: Initiative) -> None:
    """An objective that came later is served too."""
    links = [(book.objectives[slug], strength) for slug, strength in initiative.objectives if slug in book.objectives]
    services.change_initiative(
        actor=book.editor(initiative.owner, initiative.product), initiative=book.initiatives[initiative.slug], objectives=links
    )


def _release_actor(book: Book, release: Release) -> str:
    return next((p.owner for p in book.world.products if p.key == release.product), book.leader.email)


def _release(book: Book, release: Release) -> None:
    actor = book.people[_release_actor(book, release)]
    row = services.create_release(
        actor=actor, product=book.products.get(release.product), version_name=release.version, day=release.day, notes=release.notes
    )
    book.releases[release.product, release.version] = row
    if release.status == "planned":
        _launch(book, actor, row)
    if release.status != "planned":
        at = release.created_at.replace(year=release.day.year, month=release.day.month, day=release.day.day, hour=16)
        book.later(max(at, release.created_at), actor.email, lambda: services.ship_release(actor=actor, release=row, day=release.day))
        if release.status == "rolled_back":
            why = "Taken back after a fault in production."
            book.later(at + timedelta(days=1), actor.email, lambda: services.roll_back_release(actor=actor, release=row, why=why))


def _launch(book: Book, actor: User, row: models.Release) -> None:
    """The release has its checklist; what is due by now is done the day before it was, but for one line nobody has taken up."""
    for item in services.begin_checklist(actor=actor, release=row)[::-1]:
        if item.due_on is not None and item.due_on < book.world.today - timedelta(days=3):
            at = datetime.combine(item.due_on - timedelta(days=1), time(15), UTC)
            book.later(max(at, clock.now()), actor.email, lambda item=item: services.finish_item(actor=actor, item=item))


def freezes(book: Book) -> None:
    """Nothing is released while everybody sells, and while the ledger is counted."""
    today, leader = book.world.today, book.leader
    for months, product, reason, days in ((1, "", "The busiest weeks of our customers", 16), (3, "PAY", "The ledger is audited", 5)):
        first = (today + timedelta(days=31 * months)).replace(day=9)
        actor = book.editor(leader.email, product) if product else leader
        given = {"product": book.products.get(product), "reason": reason, "starts_on": first, "ends_on": first + timedelta(days=days)}
        at = datetime.combine(today - timedelta(days=40), time(11), UTC)
        book.later(at, actor.email, lambda actor=actor, given=given: services.create_freeze(actor=actor, **given))


def features(book: Book) -> None:
    """Every act of the history on a feature, a rating or a key result; a person's ratings of a week are one sitting."""
    planned = {feature.key: feature for feature in book.world.features}
    sittings: dict[tuple, list[Act]] = {}
    for entry in book.world.history:
        if entry.verb == "rate_feature":
            sittings.setdefault((entry.at.isocalendar()[:2], entry.actor), []).append(entry)
        else:
            book.later(entry.at, entry.actor, lambda entry=entry, doing=DOINGS[entry.verb]: doing(book, entry, planned))
    notes = {(r.feature, r.criterion, r.rater): r.note for r in book.world.ratings}
    for (_, actor), entries in sittings.items():
        book.later(entries[-1].at, actor, lambda entries=entries: _rate(book, entries, notes))


def _create(book: Book, entry: Act, planned: dict[str, Planned]) -> None:
    feature = planned[entry.subject]
    values = _values(book, feature.product, entry)
    book.features[feature.key] = services.create_feature(
        actor=book.editor(entry.actor, feature.product),
        product=book.products[feature.product],
        title=feature.title,
        outside_name=feature.outside_name,
        number=feature.number,
        description=feature.description,
        kind=feature.kind,
        team=book.teams.get(feature.team),
        initiative=book.initiatives.get(feature.initiative),
        deal_account=book.accounts.get(feature.deal_account),
        objectives=[(book.objectives[slug], strength) for slug, strength in feature.objectives if slug in book.objectives],
        segments=[book.segments[slug] for slug in feature.segments],
        **values,
    )


def link_late(book: Book, slug: str) -> None:
    """An objective that came after features serving it: they are linked on its first day, in one act."""
    for feature in book.world.features:
        if feature.key in book.features and slug in dict(feature.objectives):
            links = [(book.objectives[s], strength) for s, strength in feature.objectives if s in book.objectives]
            actor = book.editor(feature.owner, feature.product)
            services.change_feature(actor=actor, feature=book.features[feature.key], objectives=links)


def _change(book: Book, entry: Act, planned: dict[str, Planned]) -> None:
    feature = planned[entry.subject]
    services.change_feature(
        actor=book.editor(entry.actor, feature.product),
        feature=book.features[entry.subject],
        reason=entry.reason or "Agreed in the weekly product meeting.",
        **_values(book, feature.product, entry),
    )


def _move(book: Book, entry: Act, planned: dict[str, Planned]) -> None:
    """The feature stands, in its product, behind those the story places higher and above all others."""
    product, place = planned[entry.subject].product, entry.changes[0].after
    rows = Feature._base_manager.filter(product=book.products[product]).order_by("sort_key")
    lower = next(row for row in rows if (planned[row.key].by_hand or place) >= place)
    if lower.key != entry.subject:
        actor = book.editor(entry.actor, product)
        services.move_features(actor=actor, features=[book.features[entry.subject]], before=lower)


def _decline(book: Book, entry: Act, planned: dict[str, Planned]) -> None:
    actor = book.editor(entry.actor, planned[entry.subject].product)
    services.decline_feature(actor=actor, feature=book.features[entry.subject], why=entry.reason or entry.changes[0].after)


def _values(book: Book, product: str, entry: Act) -> dict[str, Any]:
    """An act's changes as a feature's fields; the story's own words are translated."""
    readers: dict[str, Callable[[Any], dict[str, Any]]] = {
        "owner": lambda v: {"owner": book.people.get(v)},
        "stage": lambda v: {"stage": book.stages[v]},
        "effort": _effort,
        "start": lambda v: {"start_date": v},
        "target": lambda v: {"target_date": v},
        "date_confidence": lambda v: {"date_confidence": v or ""},
        "release": lambda v: {"release": book.release_for(product, v)},
    }
    found: dict[str, Any] = {}
    for change in entry.changes:
        if change.field in readers:
            found |= readers[change.field](change.after)
    return found


def _effort(effort: Effort | None) -> dict[str, Any]:
    parts = (effort.low, effort.likely, effort.high) if effort else (None, None, None)
    return dict(zip(("effort_low", "effort_likely", "effort_high"), (None if p is None else Decimal(p) for p in parts), strict=True))


def _rate(book: Book, entries: list[Act], notes: dict) -> None:
    says = {}
    for entry in entries:
        key, criterion = entry.subject.split("/")
        note = notes.get((key, criterion, entry.actor)) or None
        says[key, criterion] = scoring.Say(book.features[key], book.criteria[_key(criterion)], Decimal(entry.changes[0].after), note=note)
    scoring.rate_many(actor=book.people[entries[0].actor], says=list(says.values()))


def _check_in(book: Book, entry: Act, planned: dict[str, Planned]) -> None:
    objective, result = entry.subject.split("/")
    said = next(r for o in book.world.objectives if o.slug == objective for r in o.results if r.slug == result)
    check = next(c for c in said.check_ins if c.at == entry.at)
    portfolio.check_in(
        actor=book.people[entry.actor],
        key_result=book.key_results[entry.subject],
        value=Decimal(str(check.value)),
        confidence=Decimal(check.confidence) / 100,
        note=check.note,
    )


DOINGS = {
    "create_feature": _create,
    "enter_stage": _change,
    "set_estimate": _change,
    "schedule_feature": _change,
    "reassign_feature": _change,
    "move_feature": _move,
    "decline_feature": _decline,
    "check_in": _check_in,
}


def dependencies(book: Book) -> None:
    """What waits for what, with its agreement across products."""
    for line in book.world.dependencies:
        book.later(line.created_at, book.leader.email, lambda line=line: _dependency(book, line))


ROADS = {
    "accepted": ["accepted"],
    "committed": ["accepted", "committed"],
    "met": ["accepted", "committed", "met"],
    "refused": ["refused"],
}


def _dependency(book: Book, line) -> None:
    before, after = book.features[line.before], book.features[line.after]
    row = services.create_dependency(
        actor=_editor(book, after), predecessor=before, successor=after, kind=Dependency.Kind(line.type), needed_by=line.needed_by
    )
    for step in ROADS.get(line.agreement, []):
        answerer = after if step == "met" else before
        services.answer_dependency(actor=_editor(book, answerer), dependency=row, agreement=step, why=line.why)


def _editor(book: Book, feature) -> Any:
    """The owner of the feature's product: may always change it."""
    return book.people[next(p.owner for p in book.world.products if p.key == feature.product.key)]


def scoring_model(book: Book) -> None:
    """The model on its first day, and its new weights on the days they changed, each with its reason."""
    model = book.world.scoring_model
    first, *later = model.versions
    start = min(entry.at for entry in book.world.history)
    book.later(start, book.ops.email, lambda: _model(book, first))
    for version in later:
        book.later(version.at, book.ops.email, lambda version=version: _weights(book, version))


def _model(book: Book, version) -> None:
    model = book.world.scoring_model
    book.model = scoring.create_model(
        actor=book.ops,
        name=model.name,
        criteria=[
            {
                "key": _key(criterion.key),
                "name": criterion.name,
                "kind": criterion.source,
                "source": MEASURES.get(criterion.measure, ""),
                "direction": criterion.direction,
                "scale_min": Decimal(criterion.low),
                "scale_max": Decimal(criterion.high),
                "weight": Decimal(weight),
                "rubric": _rubric(criterion),
                "unit": "%" if criterion.measure == "percent" else "",
            }
            for criterion, weight in zip(model.criteria, version.weights, strict=True)
        ],
    )
    book.criteria = {c.key: c for c in Criterion.objects.filter(model=book.model)}


def _key(slug: str) -> str:
    """Criteria are names in formulas."""
    return slug.replace("-", "_")


def _rubric(criterion) -> dict[str, str]:
    """The sentences at even steps of the scale."""
    step = (criterion.high - criterion.low) / (len(criterion.rubric) - 1)
    return {f"{criterion.low + step * position:g}": text for position, text in enumerate(criterion.rubric)}


def _weights(book: Book, version) -> None:
    weights = {_key(c.key): Decimal(w) for c, w in zip(book.world.scoring_model.criteria, version.weights, strict=True)}
    with act(book.ops, because=Because(label=version.note)):
        scoring.change_model(actor=book.ops, model=book.model, weights=weights)


def statuses(book: Book) -> None:
    """What people said of how initiatives, objectives and releases go."""
    for update in book.world.updates:
        book.later(update.at, update.author, lambda update=update: _status(book, update))


def _status(book: Book, update) -> None:
    rows = {"initiative": book.initiatives, "objective": book.objectives}.get(update.subject_type)
    subject = rows[update.subject] if rows else next(r for (_, version), r in book.releases.items() if version == update.subject)
    portfolio.post_status(actor=book.people[update.author], subject=subject, health=update.state, text=update.text)
