"""The words of what is indexed already."""

from django.db import migrations

SQLITE = """INSERT INTO core_searchword (word, backwards, docs)
    SELECT term, REVERSE(term), doc FROM core_searchvocabulary WHERE LENGTH(term) <= 40 AND term NOT GLOB '*[0-9]*'"""
POSTGRESQL = """INSERT INTO core_searchword (word, backwards, docs)
    SELECT word, REVERSE(word), ndoc FROM TS_STAT('SELECT vector FROM core_searchentry') WHERE LENGTH(word) <= 40 AND word !~ '[0-9]'"""


def gather(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL, params=None)


class Migration(migrations.Migration):
    dependencies = [("core", "0014_search_words")]
    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]
