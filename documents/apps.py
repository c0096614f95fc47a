from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self):
        import documents.beginning
        import documents.lists
        import documents.navigation
        import documents.panels
        import documents.subjects  # noqa: F401 - registers
