from django.apps import AppConfig


class PrioritizationConfig(AppConfig):
    name = "prioritization"

    def ready(self):
        import prioritization.derivations
        import prioritization.navigation
        import prioritization.panels
        import prioritization.subjects
        import prioritization.tiles  # noqa: F401 - registers
