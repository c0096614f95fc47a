import core.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("subject_type", models.CharField(editable=False, max_length=64)),
                ("subject_id", models.BigIntegerField(editable=False)),
                ("text", models.TextField(max_length=10000)),
                ("resolved_at", models.DateTimeField(editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.comment"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(fields=["subject_type", "subject_id", "id"], name="comment_of_row")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=20)),
                ("lane", models.CharField(max_length=60)),
                ("receiver", models.CharField(max_length=300)),
                ("what", models.CharField(max_length=100)),
                ("ref", models.BigIntegerField(null=True)),
                ("payload", models.JSONField(blank=True, default=dict)),
                ("once", models.CharField(max_length=120, null=True, unique=True)),
                ("message_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("parked", "Given up"), ("dropped", "Not needed any more")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=core.clock.now)),
                ("due_at", models.DateTimeField(default=core.clock.now)),
                ("leased_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["due_at"], name="delivery_due"),
                    models.Index(fields=["lane", "id"], name="delivery_lane"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField()),
                ("is_following", models.BooleanField(default=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("subject_type", "subject_id", "user"), name="follows_once")],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrator"),
                            ("ops", "Product operations"),
                            ("leader", "Leader"),
                            ("maker", "Maker"),
                            ("contributor", "Contributor"),
                            ("guest", "Guest"),
                        ],
                        default="contributor",
                        max_length=12,
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["email", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("deleted_at", None)),
                        fields=("email",),
                        name="one_waiting_invitation",
                        violation_error_message="This address is invited already. Send the invitation again, or withdraw it first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["admin", "ops", "leader", "maker", "contributor", "guest"])),
                        name="invitation_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("kind", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=200)),
                ("arguments", models.JSONField(default=dict)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("result", models.JSONField(null=True)),
                ("host", models.CharField(blank=True, max_length=100)),
                ("pid", models.PositiveIntegerField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("product", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.product")),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(condition=models.Q(("state__in", ["queued", "running"])), fields=["state"], name="job_open")],
                "constraints": [models.CheckConstraint(condition=models.Q(("progress__lte", 100)), name="progress_in_per_cent")],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mention", "mentioned you"),
                            ("comment", "commented"),
                            ("assigned", "made it yours"),
                            ("change", "changed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("event", models.BigIntegerField()),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField()),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("comment", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.comment")),
                ("product", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.product")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["user", "-at"], name="notification_of_user"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="notification_unread"),
                ],
                "constraints": [models.UniqueConstraint(fields=("user", "event", "subject_type", "subject_id"), name="told_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("page", models.CharField(editable=False, max_length=60)),
                ("name", models.CharField(max_length=60)),
                ("query", models.TextField(blank=True, max_length=4000)),
                ("is_pinned", models.BooleanField(default=False)),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("owner", "page", "name"),
                        name="view_named_once",
                        violation_error_message="You have a view of this name already. Choose another name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_type", models.CharField(max_length=64)),
                ("subject_id", models.BigIntegerField()),
                ("field_class", models.CharField(blank=True, max_length=10)),
                ("key", models.CharField(blank=True, db_index=True, max_length=40)),
                ("label", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                ("product", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.product")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("subject_type", "subject_id"), name="found_once")],
            },
        ),
    ]
