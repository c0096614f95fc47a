"""What runs inside the installation: filling tables, recomputing, counting statements."""

import json
import re
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client

from benchmarks.timing import WHOLE
from core import clock, derivation
from core.models import ApiToken, Product, Pulse, User
from core.sql import is_sqlite, run_returning_ids
from integrations.services import receive_file, run_import
from prioritization.derivations import models_at_work
from prioritization.models import Criterion, ScoringModel
from prioritization.scoring import select_scores, store
from roadmaps.models import Feature
from roadmaps.order import ZERO

QUIET = re.compile(r"^\s*(BEGIN|SAVEPOINT|RELEASE|COMMIT|ROLLBACK|SET|PRAGMA)", re.IGNORECASE)


def say(answer: Any) -> None:
    print(json.dumps(answer))


def execute(statement: str, params: list | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def numbers(first: int, last: int) -> str:
    """A table `n(n)` of the numbers from first to last."""
    if is_sqlite():
        return f"(WITH RECURSIVE n(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM n WHERE n < {last}) SELECT n FROM n) n"
    return f"(SELECT generate_series({first}, {last}) AS n) n"


def fill(features: int) -> int:
    """Copies of the first feature under other numbers, with scores all over the scale; as many rows for the floor."""
    known = Feature._base_manager.count()
    score = "((n.n % 100000 * 7919) % 100000) / 1000.0"
    instead = {
        "number": "n.n", "key": "'PAY-' || n.n", "title": "'Feature ' || n.n", "outside_id": "NULL",
        "sort_key": f"CAST({ZERO} + n.n AS VARCHAR(64))",
        "score": score, "score_low": score, "score_high": score, "score_rev": "f.score_in",
    }  # fmt: skip
    columns = [f.column for f in Feature._meta.concrete_fields if f.name != "id"]
    values = ", ".join(instead.get(column, f"f.{column}") for column in columns)
    with transaction.atomic():
        execute(
            f"INSERT INTO roadmaps_feature ({', '.join(columns)}) SELECT {values} FROM roadmaps_feature f, {numbers(known + 1, features)} "
            "WHERE f.id = (SELECT MIN(id) FROM roadmaps_feature)"
        )
        execute(f"UPDATE core_product SET last_number = {features}")
        execute("DELETE FROM floor_item")
        execute(
            "INSERT INTO floor_item (key, title, description, status, kind, effort, score, start_date, target_date, updated_at) "
            "SELECT key, title, description, status, kind, effort_likely, score, start_date, target_date, updated_at FROM roadmaps_feature"
        )
    settle()
    return features


def vary() -> int:
    """Features differ in what lists are filtered by: five kinds, and none to 49 people asking."""
    kinds = " ".join(f"WHEN {place} THEN '{kind}'" for place, kind in enumerate(Feature.Kind.values))
    execute(f"UPDATE roadmaps_feature SET demand_people = number % 50, kind = CASE number / 50 % 5 {kinds} END")
    settle()
    return len(Feature.Kind.values)


def settle() -> None:
    """What a database does by itself some time after it was filled is done, not left for while something is measured."""
    execute("ANALYZE" if is_sqlite() else "VACUUM ANALYZE")
    if not is_sqlite():
        execute("CHECKPOINT")


def plan_dates(features: int) -> int:
    """The first so many features have dates in the quarters a timeline opens with."""
    first = Feature._base_manager.order_by("pk").values_list("pk", flat=True)[:features]
    start = clock.today()
    for week in range(20):
        here = Feature._base_manager.filter(pk__in=[pk for pk in first if pk % 20 == week])
        begins = start + timedelta(weeks=week)
        here.update(start_date=begins, target_date=begins + timedelta(days=30), date_confidence="medium")
    settle()
    return features


def six_criteria() -> int:
    """The model has six rated criteria, and everybody's word on each of every feature."""
    model = ScoringModel._base_manager.get()
    Criterion._base_manager.filter(model=model).update(kind="rated", source="", scale_min=1, scale_max=5)
    for number in range(Criterion._base_manager.filter(model=model).count(), 6):
        Criterion._base_manager.create(model=model, key=f"more{number}", name=f"More {number}", weight=number + 1, position=number)
    with transaction.atomic():
        execute("DELETE FROM prioritization_consensus")
        execute(
            "INSERT INTO prioritization_consensus (feature_id, criterion_id, value, low, high, count, settled_why) "
            "SELECT f.id, c.id, v.v, v.v, v.v, 1, '' FROM roadmaps_feature f, prioritization_criterion c, "
            "(SELECT 1 AS v UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) v "
            "WHERE v.v = 1 + (f.id * 31 + c.id * 7) % 5"
        )
    settle()
    return 6


def recompute(rounds: int) -> dict[str, list[float]]:
    """Seconds of the worker's pass over every score after a weight moved, and of the one statement with the same arithmetic."""
    step = next(step for step in derivation.steps if step.name == "score")
    derivation.run_pass()
    found: dict[str, list[float]] = {"bare": [], "passes": []}
    for turn in range(1, rounds + 1):  # in turns, so that what disturbs one disturbs the other
        found["bare"].append(timed_after_a_weight(2 * turn, bare_statement))
        found["passes"].append(timed_after_a_weight(2 * turn + 1, partial(pass_of, step)))
    return found


def timed_after_a_weight(edition: int, work: Callable[[], Any]) -> float:
    """Seconds of the work once a weight moved, the tables being as tidy as the server keeps them in time."""
    ScoringModel._base_manager.update(edition=edition)
    Criterion._base_manager.filter(key="reach").update(weight=edition + 3)
    if not is_sqlite():
        execute("VACUUM ANALYZE roadmaps_feature")
        execute("CHECKPOINT")
    return timed(work)


def bare_statement() -> None:
    """The scores of all features by one statement, committed."""
    ((model, criteria, _),), _ = models_at_work()
    with transaction.atomic():
        run_returning_ids(f"WITH s AS ({select_scores(model, criteria, '1 = 1')}) {store(model)}", [])


def pass_of(step: derivation.Step) -> None:
    """The worker's pass over this step alone."""
    others = [other for other in derivation.steps if other is not step]
    rollups = dict(derivation.rollups)
    try:
        derivation.steps[:] = [step]
        derivation.rollups.clear()
        derivation.run_pass()
    finally:
        derivation.steps[:] = [*others, step]
        derivation.rollups.update(rollups)


def passes() -> int:
    """How often the worker wrote: its transactions of the kind that had most, each of which tells of itself once."""
    counts = Pulse.objects.values("topic").annotate(n=Count("pk")).values_list("n", flat=True)
    return max(counts.order_by(), default=0)


def bring_in(kind: str, rows: int) -> dict[str, float]:
    """Rows a second of an import of this kind, and how many megabytes the process grew by."""
    person = User.objects.scoped().get(email="admin@example.com" if kind == "feedback" else "a@example.com")
    product = None if kind == "feedback" else Product.objects.scoped().get(key="PAY")
    run = receive_file(actor=person, kind=kind, product=product, file_name=f"{kind}.csv", content=table_of(kind, rows).encode())
    before, taken = peak_memory(), timed(lambda: run_import(actor=person, run=run))
    assert run.counts == {"made": rows}, run.message
    return {"rate": rows / taken, "memory": peak_memory() - before}


def table_of(kind: str, rows: int) -> str:
    """A file as trackers and help desks export it; each person in it asks for four things."""
    if kind == "features":
        names, line = "id,title,description,stage,kind,effort,start,due", "{n},Feature {n},{text},Delivery,growth,2-6,2026-01-05,2026-03-05"
    else:
        names, line = "id,title,text,date,name,email", "{n},Wish {n},{text},2026-02-03,Person {m},person{m}@example.com"
    text = "What it is about and who waits for it in a sentence or two. " * 4
    return "\n".join([names, *(line.format(n=n, m=n // 4, text=text) for n in range(rows))])


def peak_memory() -> float:
    """The most memory this process had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def statements() -> dict[str, int]:
    """How many statements each kind of request takes, savepoints and the like apart."""
    person = User.objects.scoped().get(email="a@example.com")
    token = ApiToken(user=person, name="bench", scopes=["read", "write"])
    token.key, secret = ApiToken.fresh_secret()
    token.digest = ApiToken.digest_of(secret)
    token.save()
    program = Client(headers={"Authorization": f"Bearer pf_{token.key}.{secret}", "Host": "127.0.0.1"})
    key = Feature._base_manager.order_by("pk").values_list("key", flat=True)[0]
    address, kind = f"/api/v1/features/{key}/", "application/json"
    requests = {
        "list": lambda: program.get("/api/v1/features/"),
        "get": lambda: program.get(f"{address}?{WHOLE}"),
        "create": lambda: program.post("/api/v1/features/", {"product": "PAY", "title": "New"}, kind),
        "update": lambda: program.patch(address, {"title": f"Changed {time.time()}"}, kind),
    }
    return {name: counted(send) for name, send in requests.items()}


def counted(send: Callable[[], Any]) -> int:
    """Statements of the second such request: the first one pays for what is kept."""
    seen: list[str] = []

    def note(execute, sql, params, many, context):
        if not QUIET.match(sql):
            seen.append(sql)
        return execute(sql, params, many, context)

    send()
    with connection.execute_wrapper(note):
        answer = send()
    assert answer.status_code < 300, answer.content
    return len(seen)
