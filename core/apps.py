from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self):
        import core.derivation  # noqa: F401 - adds the end of every act
        import core.subjects  # noqa: F401 - registers
