from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0007_ranks_become_places"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="feature",
            name="manual_rank",
        ),
        migrations.AddConstraint(
            model_name="feature",
            constraint=models.UniqueConstraint(
                fields=("product", "sort_key"),
                name="feature_place_once",
                violation_error_message="Another feature stands in that place by now. Move this one by hand.",
            ),
        ),
    ]
