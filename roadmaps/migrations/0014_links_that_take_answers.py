"""Links take feedback, unless their maker says no; those made before there was any take none until their maker says yes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0013_share_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="sharelink",
            name="takes_answers",
            field=models.BooleanField(default=False, verbose_name="visitors may leave feedback"),
        ),
        migrations.AlterField(
            model_name="sharelink",
            name="takes_answers",
            field=models.BooleanField(default=True, verbose_name="visitors may leave feedback"),
        ),
    ]
