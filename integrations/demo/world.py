"""Quayside, the demonstration company: a payments and logistics house, made up whole and the same every time."""

from datetime import date
from random import Random

from integrations.demo import accounts, company, demand, dependencies, features, feedback, goals, history, scoring, writing
from integrations.demo.features import Plan
from integrations.demo.records import Account, Act, Feature, Product, Release, Requester, World
from integrations.demo.sources import Calendar


def build_world(today: date, seed: int = 42) -> World:
    """The company as it stands at the start of `today`, with the eighteen months that led there; equal for equal arguments."""
    calendar, rng = Calendar(today), Random(seed)  # noqa: S311 (a made-up company keeps no secrets)
    products, companies = company.products(), accounts.accounts(calendar, rng)
    requesters, releases = accounts.requesters(companies, rng), features.releases(calendar, rng)
    plans = make_plans(products, releases, calendar, rng)
    objectives, model = goals.objectives(calendar, rng), scoring.scoring_model(calendar, rng)
    jury = scoring.Jury(company.people(), company.memberships(), model, calendar, rng)
    links = history.Links(features.initiatives(calendar), objectives, company.segments())
    known, acts = tell_features(plans, links, jury, calendar, rng)
    by_key = {feature.key: feature for feature in known}
    return World(
        today=today,
        organisation=company.organisation(),
        people=company.people(),
        lines=company.lines(),
        products=products,
        memberships=company.memberships(),
        segments=company.segments(),
        teams=company.teams(),
        capacities=company.capacities(calendar, rng),
        allocations=company.allocations(calendar),
        accounts=companies,
        requesters=requesters,
        initiatives=features.initiatives(calendar),
        releases=releases,
        features=known,
        dependencies=dependencies.dependencies(by_key, calendar, rng),
        feedback=hear(plans, by_key, companies, requesters, calendar, rng),
        scoring_model=model,
        ratings=scoring.ratings_of(jury.acts),
        objectives=objectives,
        metrics=goals.metrics(calendar, rng),
        template=writing.template(),
        documents=writing.documents(by_key, calendar, rng),
        decisions=writing.decisions(by_key, calendar, rng),
        checks=writing.checks(calendar),
        updates=writing.updates({objective.slug for objective in objectives}, calendar, rng),
        comments=writing.comments(by_key, calendar, rng),
        views=writing.views(calendar, rng),
        roadmaps=writing.roadmaps(calendar, rng),
        links=writing.links(calendar, rng),
        history=tuple(sorted([*acts, *jury.acts, *goals.check_in_acts(objectives)], key=lambda act: act.at)),
    )


def make_plans(products: tuple[Product, ...], releases: tuple[Release, ...], calendar: Calendar, rng: Random) -> list[Plan]:
    """All features with their path and dates, what depends on each other in its order."""
    plans = features.read_plans(products)
    features.date_plans(plans, calendar, {release.version: (release.day - calendar.today).days for release in releases}, rng)
    dependencies.settle_dates({plan.key: plan for plan in plans})
    return plans


def tell_features(
    plans: list[Plan], links: history.Links, jury: scoring.Jury, calendar: Calendar, rng: Random
) -> tuple[tuple[Feature, ...], list[Act]]:
    """Every feature as its acts leave it, and the acts; each feature is rated as its acts are told."""
    editors: dict[str, list[str]] = {}
    for member in company.memberships():
        if member.role == "editor":
            editors.setdefault(member.product, []).append(member.person)
    known, told = [], []
    for plan in plans:
        acts = history.tell_feature(plan, editors[plan.product.key], calendar, rng)
        jury.rate(plan, acts)
        known.append(history.final_feature(plan, acts, links, rng))
        told += acts
    return tuple(known), told


def hear(
    plans: list[Plan],
    known: dict[str, Feature],
    companies: tuple[Account, ...],
    requesters: tuple[Requester, ...],
    calendar: Calendar,
    rng: Random,
) -> tuple[feedback.Feedback, ...]:
    """Everything people said, linked to the features of `plans`."""
    by_slug = {account.slug: account for account in companies}
    linkers = {plan.product.key: plan.product.owner for plan in plans}
    desk = feedback.Desk(calendar, by_slug, linkers, {feature.key: feature.created_at for feature in known.values()}, rng)
    return feedback.feedback(plans, demand.people_behind(plans, requesters, by_slug, rng), requesters, desk)
