"""The full-text index beside SearchEntry, kept by the database: FTS5 with triggers on SQLite, a generated column on PostgreSQL."""

from django.db import Error, migrations, transaction

COLUMNS = '"key", label, "text"'
NEW = 'NEW.id, NEW."key", NEW.label, NEW."text"'
OLD = '\'delete\', OLD.id, OLD."key", OLD.label, OLD."text"'
FORGET = f"INSERT INTO core_searchtext (core_searchtext, rowid, {COLUMNS}) VALUES ({OLD});"
KEEP = f"INSERT INTO core_searchtext (rowid, {COLUMNS}) VALUES ({NEW});"

SQLITE = [
    f"CREATE VIRTUAL TABLE core_searchtext USING fts5({COLUMNS}, content='core_searchentry', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    "CREATE VIRTUAL TABLE core_searchword USING fts5vocab(core_searchtext, 'row')",
    f"CREATE TRIGGER core_searchentry_new AFTER INSERT ON core_searchentry BEGIN {KEEP} END",
    f"CREATE TRIGGER core_searchentry_gone AFTER DELETE ON core_searchentry BEGIN {FORGET} END",
    f"CREATE TRIGGER core_searchentry_changed AFTER UPDATE ON core_searchentry BEGIN {FORGET} {KEEP} END",
]
POSTGRESQL = [
    "ALTER TABLE core_searchentry ADD COLUMN vector tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', key || ' ' || label), 'A') || to_tsvector('simple', text)) STORED",
    "CREATE INDEX core_searchentry_vector ON core_searchentry USING gin (vector)",
]


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement, params=None)
        return
    for statement in POSTGRESQL:
        schema_editor.execute(statement, params=None)
    try:  # the extension is the server's to allow; without it words must be spelt right
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm", params=None)
    except Error:
        pass


class Migration(migrations.Migration):
    dependencies = [("core", "0005_talk_search_and_work")]
    operations = [migrations.RunPython(index, migrations.RunPython.noop)]
