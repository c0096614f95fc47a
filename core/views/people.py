"""Settings of others: people, their roles, and who is invited."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import history, services
from core.editing import edit
from core.exceptions import Outdated, OutOfSight
from core.forms.settings import AcceptanceForm, InvitationForm, PersonForm
from core.models import Invitation, Membership, User
from core.pages import answer, say
from core.permissions import can_administer, must


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody here, found by name or address."""
    rows, words = User.objects.visible_to(request.user).order_by("-is_active", "name", "id"), request.GET.get("q", "").strip()
    if words:
        by_address = Q(email__icontains=words) if request.user.rights.sees("identity") else Q()
        rows = rows.filter(Q(name__icontains=words) | by_address)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    waiting = Invitation.objects.visible_to(request.user).waiting().select_related("invited_by")
    context = {"page": page, "q": words, "waiting": waiting, "can_administer": can_administer(request.user)}
    return answer(request, "settings/people.html", context, part="people")


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what they are here for, and where they belong."""
    who = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = PersonForm(request.POST or None, instance=who, user=request.user, initial={"version": who.version})

    def save(**values) -> HttpResponse:
        services.change_user(actor=request.user, user=who, **values)
        return say(request, redirect("people"), f"{who.name} is saved.")

    return edit(request, "settings/person.html", form, save, lambda: _standing(request, who), who)


def _standing(request: HttpRequest, who: User) -> dict[str, Any]:
    """What the page of a person shows beside the form."""
    rows = Membership.objects.visible_to(request.user).filter(user=who).select_related("product").order_by("product__name")
    can = can_administer(request.user)
    return {"person": who, "memberships": rows, "can_administer": can, "history": history.of_row(who, request.user) if can else []}


@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Invite somebody by mail."""
    must(can_administer(request.user), "Only administrators may invite people.")
    form = InvitationForm(request.POST or None, user=request.user)

    def save(**values) -> HttpResponse:
        invited = services.invite(actor=request.user, **values)
        return say(request, redirect("people"), f"An invitation to {invited.email} is on its way.")

    return edit(request, "settings/invitation.html", form, save)


@require_POST
def invitation_sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the invitation once more, with a new link."""
    row = get_object_or_404(Invitation.objects.visible_to(request.user).waiting(), pk=pk)
    services.send_again(actor=request.user, invitation=row)
    return say(request, redirect("people"), f"A new invitation to {row.email} is on its way; the old link leads nowhere.")


@require_POST
def invitation_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the invitation back."""
    row = get_object_or_404(Invitation.objects.visible_to(request.user).waiting(), pk=pk)
    services.withdraw(actor=request.user, invitation=row)
    return say(request, redirect("people"), f"The invitation to {row.email} is withdrawn.")


@login_not_required
@require_http_methods(["GET", "POST"])
def acceptance(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by an invitation. Every link that leads nowhere gets the same answer, whatever the reason."""
    invitation = Invitation.of_token(token)
    if invitation is None:
        return render(request, "core/invitation_closed.html", status=404)
    form = AcceptanceForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            values = {"name": form.cleaned_data["name"], "password": form.cleaned_data["password"]}
            user = services.accept_invitation(actor=None, token=token, **values)
        except (OutOfSight, Outdated):
            return render(request, "core/invitation_closed.html", status=404)
        login(request, user, backend="core.accounts.SignInBackend")
        return redirect("home")
    return render(request, "core/invitation.html", {"form": form, "invitation": invitation}, status=422 if form.errors else 200)
