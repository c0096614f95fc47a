"""Names of the facts recorded about endpoints."""

ENDPOINT_CREATED = "integrations.endpoint_created"
ENDPOINT_CHANGED = "integrations.endpoint_changed"
ENDPOINT_DISABLED = "integrations.endpoint_disabled"
ENDPOINT_DELETED = "integrations.endpoint_deleted"
SECRET_RENEWED = "integrations.endpoint_secret_renewed"  # noqa: S105 - the name of an event
