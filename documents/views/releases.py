"""What documents does for releases: a retrospective begun from a template."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core.pages import say
from documents.models import Template
from roadmaps.models import Release
from roadmaps.permissions import must_change_release
from roadmaps.services import begin_retrospective


@require_POST
def release_retrospective(request: HttpRequest, number: int) -> HttpResponse:
    """The release has a retrospective with the sections of the chosen template, to be written."""
    row = get_object_or_404(Release.objects.visible_to(request.user), pk=number)
    must_change_release(request.user, row.product_id)
    given = request.POST.get("template", "")
    wanted = int(given) if given.isdecimal() and len(given) < 19 else 0
    template = get_object_or_404(Template.objects.visible_to(request.user), pk=wanted)
    sections = [(section["heading"], section["guidance"]) for section in template.sections]
    begin_retrospective(actor=request.user, release=row, sections=sections)
    return say(request, redirect("release", row.pk), "The retrospective is begun. Edit the release to write it.")
