"""Django's own apps as this project uses them."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class Static(StaticFilesConfig):
    """Collects what pages use: of the API docs' package neither the second reader nor the maps and modules nobody loads."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "swagger-ui-es-bundle*", "*.js.map", "rest_framework", "django_htmx"]
