from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0005_agreements_with_dates_and_reasons"),
    ]

    operations = [
        migrations.AddField(
            model_name="feature",
            name="sort_key",
            field=models.CharField(default="", editable=False, max_length=64, verbose_name="place by hand"),
            preserve_default=False,
        ),
    ]
