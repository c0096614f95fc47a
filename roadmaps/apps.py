from django.apps import AppConfig


class RoadmapsConfig(AppConfig):
    name = "roadmaps"

    def ready(self):
        import roadmaps.beginning
        import roadmaps.closing
        import roadmaps.crossings
        import roadmaps.daily
        import roadmaps.handlers
        import roadmaps.letters
        import roadmaps.lists
        import roadmaps.navigation
        import roadmaps.news
        import roadmaps.panels
        import roadmaps.subjects
        import roadmaps.tiles
        import roadmaps.todos  # noqa: F401 - registers
