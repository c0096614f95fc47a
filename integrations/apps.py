from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self):
        import integrations.job_kinds
        import integrations.navigation
        import integrations.subjects
        import integrations.webhooks.registered  # noqa: F401 - registers
