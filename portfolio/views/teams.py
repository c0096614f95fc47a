"""Teams with their capacity, and where effort should go."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core.context import scope_of
from core.models import Organisation
from core.pages import answer
from portfolio import services
from portfolio.forms import CapacityForm, SharesForm, TeamForm
from portfolio.models import InvestmentKind, Team
from portfolio.periods import quarter_of
from portfolio.permissions import can_shape_portfolio, must_change_of, must_shape_portfolio
from portfolio.reports import quarters_around, shares_of, team_lines
from portfolio.views.editing import FormPage, edit, posted, sent


def team_of(request: HttpRequest, pk: int) -> Team:
    """A team in sight; raises `Http404`."""
    return get_object_or_404(Team.objects.visible_to(request.user).select_related("lead"), pk=pk)


@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """The teams with their person-weeks in the quarters around today."""
    quarters = quarters_around(Organisation.today())
    lines = team_lines(request.user, quarters)
    sums = [sum(line.capacities[index].person_weeks for line in lines if line.capacities[index]) for index in range(len(quarters))]
    context = {"lines": lines, "quarters": quarters, "sums": sums, "can_shape": can_shape_portfolio(request.user)}
    return answer(request, "portfolio/teams.html", context)


@require_http_methods(["GET", "POST"])
def new_team(request: HttpRequest) -> HttpResponse:
    """A form for a team."""
    must_shape_portfolio(request.user)

    def save(**values):
        return reverse("team", args=[services.create_team(actor=request.user, **values).pk])

    return edit(request, TeamForm(sent(request), user=request.user), save, FormPage("New team", "Add team", reverse("teams")))


@require_GET
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """A team with its capacity, quarter by quarter."""
    row = team_of(request, pk)
    quarters = quarters_around(Organisation.today(), before=2, after=5)
    capacities = next(line.capacities for line in team_lines(request.user, quarters) if line.team.pk == row.pk)
    known = zip(quarters, capacities, strict=True)
    lines = [(q, c, CapacityForm(initial={"quarter": q.starts_on, "person_weeks": c.person_weeks if c else None})) for q, c in known]
    return answer(request, "portfolio/team.html", {"team": row, "lines": lines, "can_shape": can_shape_portfolio(request.user)})


@require_http_methods(["GET", "POST"])
def team_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """A team's facts, to be changed."""
    row = team_of(request, pk)
    must_shape_portfolio(request.user)
    form = TeamForm(posted(request, TeamForm, row), instance=row, user=request.user, initial={"version": row.version})

    def save(**values):
        services.change_team(actor=request.user, team=row, **values)

    page = FormPage(row.name, "Save", reverse("team", args=[pk]), reverse("removal", args=["team", pk]))
    return edit(request, form, save, page, row)


@require_http_methods(["GET", "POST"])
def capacity(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a team can do in a quarter."""
    row = team_of(request, pk)
    must_shape_portfolio(request.user)
    quarter = quarter_of(Organisation.today()).starts_on
    form = CapacityForm(sent(request), user=request.user, initial={"quarter": quarter})

    def save(**values):
        services.set_capacity(actor=request.user, team=row, **values)

    return edit(request, form, save, FormPage(f"Capacity of {row.name}", "Save", reverse("team", args=[pk])))


@require_http_methods(["GET", "POST"])
def investment(request: HttpRequest) -> HttpResponse:
    """Where effort should go in the present quarter: of the organisation or, narrowed to one, of a product."""
    product, period = scope_of(request), quarter_of(Organisation.today())
    must_change_of(request.user, product.pk if product else None)
    shares = shares_of(request.user, period.starts_on, product)
    stored = {share.kind.value: share.target for share in shares}
    stored["ceiling"] = next(share.ceiling for share in shares if share.kind == InvestmentKind.DEAL)
    form = SharesForm(sent(request), initial=stored)

    def save(**values):
        services.set_allocations(actor=request.user, product=product, period=period, targets=form.targets(), ceilings=form.ceilings())
        return reverse("portfolio")

    whose = product.name if product else "the organisation"
    return edit(request, form, save, FormPage(f"Where effort of {whose} should go in {period}", "Save", reverse("portfolio")))
