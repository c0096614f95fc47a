"""What must hold of the process, of waits and of roadmaps made of others when an act has touched them, by whatever door."""

from core.acts import closing
from roadmaps.services.dependencies import close_dependencies
from roadmaps.services.roadmaps import close_sources
from roadmaps.services.stages import close_stages

closing.extend([close_stages, close_dependencies, close_sources])
