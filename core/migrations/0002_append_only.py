"""The record can be added to, never changed: triggers on both engines. Erasing a person may empty a Change's values, nothing else."""

from django.db import migrations

KEPT = ["id", "event_id", "subject_type", "subject_id", "product_id", "version_after", "digest"]

SQLITE = [
    "CREATE TRIGGER core_event_fixed BEFORE UPDATE ON core_event BEGIN SELECT RAISE(ABORT, 'events cannot be changed'); END",
    "CREATE TRIGGER core_event_kept BEFORE DELETE ON core_event BEGIN SELECT RAISE(ABORT, 'events cannot be removed'); END",
    "CREATE TRIGGER core_change_kept BEFORE DELETE ON core_change BEGIN SELECT RAISE(ABORT, 'changes cannot be removed'); END",
    "CREATE TRIGGER core_change_fixed BEFORE UPDATE ON core_change "
    "WHEN NEW.before IS NOT NULL OR NEW.after IS NOT NULL OR NEW.salt <> '' OR "
    + " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in KEPT)
    + " BEGIN SELECT RAISE(ABORT, 'changes can only be emptied'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION core_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION '% of % is refused: the record is append-only', TG_OP, TG_TABLE_NAME; END $$",
    "CREATE TRIGGER core_event_fixed BEFORE UPDATE OR DELETE ON core_event FOR EACH ROW EXECUTE FUNCTION core_refuse()",
    "CREATE TRIGGER core_change_kept BEFORE DELETE ON core_change FOR EACH ROW EXECUTE FUNCTION core_refuse()",
    "CREATE TRIGGER core_change_fixed BEFORE UPDATE ON core_change FOR EACH ROW WHEN "
    "(NEW.before IS NOT NULL OR NEW.after IS NOT NULL OR NEW.salt <> '' OR "
    + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in KEPT)
    + ") EXECUTE FUNCTION core_refuse()",
]


def protect(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
