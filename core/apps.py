from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        import core.closing
        import core.derivation
        import core.handlers
        import core.job_kinds
        import core.letters
        import core.mail
        import core.navigation
        import core.news
        import core.panels
        import core.subjects
        import core.todos  # noqa: F401 - registers
