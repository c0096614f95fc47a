from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    name = "portfolio"

    def ready(self):
        import portfolio.crossings
        import portfolio.navigation
        import portfolio.subjects
        import portfolio.tiles
        import portfolio.todos  # noqa: F401 - registers
