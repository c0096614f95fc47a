"""One table as wide as a feature's row in a list: eleven columns."""

from django.db import models


class Item(models.Model):
    key = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=12, default="open")
    kind = models.CharField(max_length=12, default="growth")
    effort = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    start_date = models.DateField(null=True)
    target_date = models.DateField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["-score", "id"], name="item_by_score")]
