"""Django's own apps as this project uses them."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Static(StaticFilesConfig):
    """Collects what pages use: nothing of the packages whose pages and scripts are not ours."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework", "django_htmx"]
