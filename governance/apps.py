from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"

    def ready(self):
        import governance.checks
        import governance.navigation
        import governance.news
        import governance.panels
        import governance.subjects
        import governance.todos  # noqa: F401 - registers
