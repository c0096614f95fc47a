import core.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0004_requests"),
        ("core", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("title", models.CharField(max_length=200)),
                ("unit", models.CharField(blank=True, max_length=24)),
                (
                    "direction",
                    models.CharField(choices=[("up", "Higher is better"), ("down", "Lower is better")], default="up", max_length=4),
                ),
                ("start", models.DecimalField(decimal_places=4, default=0, max_digits=18)),
                ("target", models.DecimalField(decimal_places=4, max_digits=18)),
                ("current", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("day", models.DateField()),
                ("value", models.DecimalField(decimal_places=4, max_digits=18)),
                ("confidence", models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "key_result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="check_in",
                        to="portfolio.keyresult",
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Metric",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("definition", models.TextField(blank=True)),
                ("unit", models.CharField(blank=True, max_length=24)),
                (
                    "direction",
                    models.CharField(choices=[("up", "Higher is better"), ("down", "Lower is better")], default="up", max_length=4),
                ),
                ("source", models.CharField(blank=True, max_length=120)),
                (
                    "cadence",
                    models.CharField(
                        choices=[("daily", "Daily"), ("weekly", "Weekly"), ("monthly", "Monthly"), ("quarterly", "Quarterly")],
                        default="weekly",
                        max_length=10,
                    ),
                ),
                ("normal_low", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ("normal_high", models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("product", "name"),
                        name="metric_once_per_product",
                        violation_error_message="This product has a metric of that name already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("product", None)),
                        fields=("name",),
                        name="metric_once_in_organisation",
                        violation_error_message="The organisation has a metric of that name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("normal_low", None), ("normal_high", None), ("normal_high__gte", models.F("normal_low")), _connector="OR"
                        ),
                        name="metric_band_in_order",
                        violation_error_message="The normal band begins below its end.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="keyresult",
            name="metric",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.metric"
            ),
        ),
        migrations.CreateModel(
            name="MetricPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("day", models.DateField()),
                ("value", models.DecimalField(decimal_places=4, max_digits=18)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="point", to="portfolio.metric"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("deleted_at", None)), fields=("metric", "day"), name="one_point_per_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Objective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("weight", models.DecimalField(decimal_places=2, default=1, max_digits=5)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.objective"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["-ends_on", "title", "id"],
            },
        ),
        migrations.AddField(
            model_name="keyresult",
            name="objective",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="key_result", to="portfolio.objective"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("target", models.F("start")), _negated=True),
                name="key_result_goes_somewhere",
                violation_error_message="The target must differ from where you start.",
            ),
        ),
        migrations.CreateModel(
            name="Persona",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=80)),
                ("description", models.TextField(blank=True)),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.product")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=120)),
                ("purpose", models.TextField(blank=True)),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.productline"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="objective",
            name="line",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.productline"
            ),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="objective_ends_after_start",
                violation_error_message="An objective ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="objective",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gte", 0)),
                name="objective_weight_not_negative",
                violation_error_message="A weight cannot be less than zero.",
            ),
        ),
        migrations.CreateModel(
            name="ProductLineMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("is_home", models.BooleanField(default=False)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="membership",
                        to="portfolio.productline",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        related_query_name="line_membership",
                        to="core.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("line", "product"),
                        name="product_once_in_line",
                        violation_error_message="This product is in the line already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None), ("is_home", True)),
                        fields=("product",),
                        name="one_home_line",
                        violation_error_message="This product has its home in another line.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=80)),
                ("description", models.TextField(blank=True, verbose_name="what it asks for")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("name",),
                        name="segment_name_once",
                        violation_error_message="There is a segment of that name already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=200)),
                ("plan", models.CharField(blank=True, max_length=60)),
                ("annual_revenue", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("prospect", "Prospect"), ("customer", "Customer"), ("churned", "Churned"), ("lost", "Lost")],
                        default="customer",
                        max_length=10,
                    ),
                ),
                ("renewal_date", models.DateField(blank=True, null=True)),
                ("outside_id", models.CharField(blank=True, max_length=120, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolio.segment"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["name", "id"], name="account_by_name")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("outside_id",),
                        name="account_outside_id_once",
                        violation_error_message="Another account has this outside id.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("annual_revenue__gte", 0), ("annual_revenue", None), _connector="OR"),
                        name="revenue_not_negative",
                        violation_error_message="Revenue cannot be less than zero.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField()),
                (
                    "health",
                    models.CharField(choices=[("on_track", "On track"), ("at_risk", "At risk"), ("off", "Off track")], max_length=8),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["subject_type", "subject_id", "-id"], name="status_of_subject")],
            },
        ),
        migrations.CreateModel(
            name="Strategy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("vision", models.TextField(blank=True)),
                ("value_proposition", models.TextField(blank=True)),
                ("differentiation", models.TextField(blank=True)),
                (
                    "lifecycle",
                    models.CharField(
                        choices=[
                            ("development", "Development"),
                            ("introduction", "Introduction"),
                            ("growth", "Growth"),
                            ("maturity", "Maturity"),
                            ("decline", "Decline"),
                            ("retired", "Retired"),
                        ],
                        default="development",
                        max_length=12,
                    ),
                ),
                ("product", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.product")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("name", models.CharField(max_length=80)),
                ("unplanned_share", models.DecimalField(decimal_places=3, default=0, max_digits=4)),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("name",),
                        name="team_name_once",
                        violation_error_message="There is a team of that name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unplanned_share__gte", 0), ("unplanned_share__lte", 1)),
                        name="unplanned_share_is_a_share",
                        violation_error_message="The share kept for the unplanned lies between 0 and 1.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamCapacity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("quarter", models.DateField()),
                ("person_weeks", models.DecimalField(decimal_places=2, max_digits=7)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", related_query_name="capacity", to="portfolio.team"
                    ),
                ),
            ],
            options={
                "ordering": ["quarter"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("team", "quarter"),
                        name="one_capacity_per_quarter",
                        violation_error_message="This team has a capacity for that quarter already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person_weeks__gte", 0)),
                        name="capacity_not_negative",
                        violation_error_message="Capacity cannot be less than zero.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TileDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("figures", models.JSONField(default=dict)),
                ("as_of", models.DateTimeField()),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "product", "day"), name="one_tile_row_per_day"),
                    models.UniqueConstraint(
                        condition=models.Q(("product", None)), fields=("kind", "day"), name="one_organisation_row_per_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "dimension",
                    models.CharField(choices=[("kind", "Kind of investment"), ("horizon", "Horizon")], default="kind", max_length=8),
                ),
                ("value", models.CharField(max_length=20)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("share", models.DecimalField(decimal_places=3, max_digits=4)),
                ("is_ceiling", models.BooleanField(default=False)),
                (
                    "product",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
            ],
            options={
                "ordering": ["dimension", "-share"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 0), ("share__lte", 1)),
                        name="allocation_is_a_share",
                        violation_error_message="A share lies between 0 and 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="allocation_ends_after_start",
                        violation_error_message="A period ends after it starts.",
                    ),
                ],
            },
        ),
    ]
