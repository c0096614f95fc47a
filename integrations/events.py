"""Names of the facts recorded by integrations."""

MAPPING_SAVED = "integrations.mapping_saved"
MAPPING_DELETED = "integrations.mapping_deleted"
IMPORT_PREPARED = "integrations.import_prepared"
IMPORT_CHANGED = "integrations.import_changed"
ROWS_IMPORTED = "integrations.rows_imported"
