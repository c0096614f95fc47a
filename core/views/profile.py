"""One's own settings: profile and tokens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import services
from core.editing import edit
from core.exceptions import Refused
from core.forms import blame
from core.forms.settings import ProfileForm, TokenForm
from core.models import ApiToken, User
from core.pages import answer, say


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Settings begin with one's own."""
    return redirect("profile")


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """My name and zone, and the ways to my password and second factor."""
    me = User.objects.visible_to(request.user).get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=me, user=me, initial={"version": me.version})

    def save(**values) -> HttpResponse:
        services.change_user(actor=me, user=me, **values)
        return say(request, redirect("profile"), "Your profile is saved.")

    return edit(request, "settings/profile.html", form, save, row=me)


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My tokens; a new one's text is shown in this one answer and never again."""
    form, fresh = TokenForm(request.POST or None, user=request.user), ""
    if request.method == "POST" and form.is_valid():
        try:
            _, fresh = services.create_token(actor=request.user, user=request.user, **form.values())
            form = TokenForm(user=request.user)
        except Refused as error:
            blame(form, error)
    mine = ApiToken.objects.visible_to(request.user).filter(user=request.user).select_related("product").order_by("-created_at")
    return answer(request, "settings/tokens.html", {"form": form, "fresh": fresh, "tokens": mine}, status=422 if form.errors else 200)


@require_POST
def token_revocation(request: HttpRequest, pk: int) -> HttpResponse:
    """The token works no longer."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user).filter(user=request.user), pk=pk)
    services.revoke_token(actor=request.user, token=token)
    return say(request, redirect("tokens"), f"The token “{token.name}” is revoked.")
