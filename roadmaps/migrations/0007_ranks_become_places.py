"""Features that were ranked by hand come first in their product, in the order of their ranks; all others keep that of their numbers."""

from itertools import groupby

from django.db import migrations
from django.db.models.functions import Length

BY_NUMBER = "UPDATE roadmaps_feature SET sort_key = CAST(1000000000 + number AS VARCHAR(64))"


def give_places(apps, schema_editor):
    schema_editor.execute(BY_NUMBER)
    Feature = apps.get_model("roadmaps", "Feature")
    ranked = Feature.objects.exclude(manual_rank=None).order_by("product_id", "manual_rank", "number").only("product_id", "sort_key")
    for _, features in groupby(ranked, key=lambda feature: feature.product_id):
        features = list(features)
        for place, feature in enumerate(features):
            feature.sort_key = f"{10**9 - len(features) + place:010d}5"
        Feature.objects.bulk_update(features, ["sort_key"], batch_size=500)


def give_ranks(apps, schema_editor):
    """Places given by hand, longer than a number's unit, are ranks again."""
    Feature = apps.get_model("roadmaps", "Feature")
    moved = Feature.objects.annotate(digits=Length("sort_key")).filter(digits__gt=10)
    moved = moved.order_by("product_id", "sort_key").only("product_id", "manual_rank")
    for _, features in groupby(moved, key=lambda feature: feature.product_id):
        features = list(features)
        for place, feature in enumerate(features, start=1):
            feature.manual_rank = place
        Feature.objects.bulk_update(features, ["manual_rank"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("roadmaps", "0006_order_by_hand"),
    ]

    operations = [
        migrations.RunPython(give_places, give_ranks),
    ]
