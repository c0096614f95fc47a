"""What a row was at a moment: the present row with the earliest `before` after that moment put back, field by field, set-based."""

from datetime import datetime
from typing import Any

from core.models import Change, Recorded


def values_at[M: Recorded](model: type[M], moment: datetime, ids: list[int] | None = None) -> dict[int, dict[str, Any]]:
    """{id: {field: value}} of every row of the model as it was at `moment`; rows not yet made, or deleted then, are left out.

    Rights are the caller's affair: hand in the ids of rows the reader may see today. Values of fields no Change carries are today's.
    """
    rows = model._base_manager.all() if ids is None else model._base_manager.filter(pk__in=ids)
    fields = {f.name: f for f in model.recorded_fields()}
    present = {row.pk: {name: getattr(row, f.attname) for name, f in fields.items()} for row in rows}
    later = Change.objects.filter(subject_type=model._meta.label_lower, event__at__gt=moment).order_by("-event_id")
    if ids is not None:
        later = later.filter(subject_id__in=ids)
    for pk, before in later.values_list("subject_id", "before"):
        if pk not in present:
            continue
        if before is None:
            del present[pk]
        else:
            present[pk].update({name: fields[name].to_python(value) for name, value in before.items() if name in fields})
    return {pk: values for pk, values in present.items() if values.get("deleted_at") is None}
