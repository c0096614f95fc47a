"""What must hold of scoring models when an act has touched them, by whatever door."""

from core.acts import closing
from prioritization.services.scoring_models import close_fields, close_models

closing.extend([close_models, close_fields])
