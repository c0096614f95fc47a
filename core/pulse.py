"""The question open pages ask every two seconds: what changed since I looked?

A cursor is `<event number>.<pulse id>`. Topics are what parts of pages name in `data-live`: types of rows people changed
(`roadmaps.feature`) and names of derived values the worker brought up to date (`score`, `tile`).
"""

from django.db import connection


def cursor() -> str:
    """The cursor of this moment."""
    with connection.cursor() as db:
        db.execute("SELECT (SELECT number FROM core_chainhead WHERE id = 1), (SELECT MAX(id) FROM core_pulse)")
        event, news = db.fetchone()
    return f"{event}.{news or 0}"


def since(seen: str, visible: frozenset[int]) -> tuple[str, list[str]]:
    """The new cursor and the topics with news for who sees these products; where there is any, a statement of two index ranges.

    An unreadable cursor answers the present one and no topics. What concerns only hidden products is no news.
    """
    now = cursor()
    try:
        event, news = (int(part) for part in seen.split(".", 1))
    except ValueError:
        return now, []
    if seen == now:  # as mostly
        return now, []
    ids = ",".join(str(int(pk)) for pk in sorted(visible)) or "NULL"
    # Grouped by the bare column, SQLite would walk the whole record by its index of types, to save itself the sorting.
    statement = (
        "SELECT 0, MAX(event_id), subject_type || '' FROM core_change WHERE event_id > %s "
        f"AND (product_id IS NULL OR product_id IN ({ids})) GROUP BY subject_type || '' "
        "UNION ALL "
        f"SELECT 1, MAX(id), topic FROM core_pulse WHERE id > %s AND (product_id IS NULL OR product_id IN ({ids})) GROUP BY topic"
    )
    with connection.cursor() as db:
        db.execute(statement, [event, news])
        rows = db.fetchall()
    event = max([event, *(number for kind, number, _ in rows if kind == 0)])
    news = max([news, *(number for kind, number, _ in rows if kind == 1)])
    return f"{event}.{news}", sorted({topic for _, _, topic in rows})
