"""What must hold of the process when an act has touched it, by whatever door."""

from core.acts import closing
from roadmaps.services.stages import close_stages

closing.append(close_stages)
