"""Ending mails by the link they carry."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core import services
from core.unsubscribing import read_token


# A mail program posts for its reader, with no page before it to give a form's token (RFC 8058); the signed address is what is asked for.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscription(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, so that a scanner of links ends nothing; POST ends the mails. Neither tells more than the mail itself did."""
    leaving = read_token(token)
    if leaving is None:
        return render(request, "core/unsubscription.html", {"is_nothing": True}, status=404)
    if request.method == "POST":
        services.end_mails(actor=leaving.user, about=leaving.about)
    return render(request, "core/unsubscription.html", {"leaving": leaving, "is_done": request.method == "POST"})
