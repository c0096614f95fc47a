"""What must hold of custom fields when an act has touched them, by whatever door."""

from core.acts import closing
from core.services.custom_fields import close_custom_fields

closing.append(close_custom_fields)
