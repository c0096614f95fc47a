"""The address space of the API: every app's resources, registered by name."""

urlpatterns = []
