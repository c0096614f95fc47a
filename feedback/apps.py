from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self):
        import feedback.crossings
        import feedback.derivations
        import feedback.navigation
        import feedback.news
        import feedback.panels
        import feedback.reception
        import feedback.subjects
        import feedback.todos  # noqa: F401 - registers
