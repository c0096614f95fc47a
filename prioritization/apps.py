from django.apps import AppConfig


class PrioritizationConfig(AppConfig):
    name = "prioritization"

    def ready(self):
        import prioritization.beginning
        import prioritization.closing
        import prioritization.derivations
        import prioritization.navigation
        import prioritization.panels
        import prioritization.subjects
        import prioritization.tiles
        import prioritization.todos  # noqa: F401 - registers
