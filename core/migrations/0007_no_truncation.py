"""On PostgreSQL the record cannot be truncated either, which no trigger on its rows sees. SQLite has no TRUNCATE."""

from django.db import migrations


def protect(apps, schema_editor):
    for table in ("core_event", "core_change") if schema_editor.connection.vendor == "postgresql" else ():
        schema_editor.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse()", params=None
        )


class Migration(migrations.Migration):
    dependencies = [("core", "0006_full_text")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
