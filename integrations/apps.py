from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self):
        import integrations.navigation
        import integrations.subjects  # noqa: F401 - registers
