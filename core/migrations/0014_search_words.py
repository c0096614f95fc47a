"""The words that texts are made of, for finding what a misspelt one meant."""

from django.db import migrations, models

SQLITE = [  # the name is the model's from now on
    "DROP TABLE core_searchword",
    "CREATE VIRTUAL TABLE core_searchvocabulary USING fts5vocab(core_searchtext, 'row')",
]
# Titles are searched first, and by an index of their own: most rows with all the words have them elsewhere. How common a word is decides on
# the way to its entries: a hundred of the commonest tell too little.
POSTGRESQL = [
    "ALTER TABLE core_searchentry ADD COLUMN title tsvector GENERATED ALWAYS AS (to_tsvector('simple', key || ' ' || label)) STORED",
    "CREATE INDEX core_searchentry_title ON core_searchentry USING gin (title)",
    "ALTER TABLE core_searchentry ALTER COLUMN vector SET STATISTICS 400",
]


def make_way(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("core", "0013_news_by_mail")]
    operations = [
        migrations.RunPython(make_way, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40, unique=True)),
                ("backwards", models.CharField(db_index=True, max_length=40)),
                ("docs", models.IntegerField(default=0)),
            ],
        ),
    ]
