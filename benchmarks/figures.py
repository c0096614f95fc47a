"""Every figure by its name: what is measured, against what, with which goal."""

import contextlib
import http.client
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin

from benchmarks.stage import Stage, stage
from benchmarks.timing import WHOLE, Figure, medians, p95
from tests.drills.client import Client, Person, Program, tile_of
from tests.installation import ROOT, installation

FEATURES, MANY, IMPORTED = 10_000, 1_000_000, 5_000
CLIENTS, LOAD_SECONDS, LOAD_ROUNDS = 16, 3.0, 3
TEXTS = {"sqlite": 200_000, "postgresql": 1_100_000}
LIST = "/api/v1/features/?limit=50"
MODULE = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+\.js)["']""")
OPTION = re.compile(r'role="option" href="([^"]+)"')
SQL_GOALS = {"list": 5, "get": 6, "create": 14, "update": 12}


def requests(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """What a request costs, out of 10,000 features, against the floor of the same server."""
    place.fill(FEATURES)
    place.installation.start("web")
    program, person, bare = place.program(), place.person(), Client(place.installation.port)
    number, cursor = count(1), person.get("/pulse/?seen=").json()["seen"]
    first = ",".join(str(row["id"]) for row in ok(program.get(LIST)).json()["items"])
    new = {"key": "X", "title": "New", "description": "", "status": "open", "kind": "growth"}
    plain = {"Content-Type": "application/json"}

    def floor_post():
        return ok(bare.send("POST", "/floor/bare/", json.dumps(new), **plain))

    def floor_patch():
        return ok(bare.send("PATCH", "/floor/bare/7/", json.dumps({"title": f"Changed {next(number)}"}), **plain))

    pairs: dict[str, tuple[float, Callable, Callable]] = {
        "list_50": (1.5, lambda: ok(program.get(LIST)), lambda: ok(program.get("/floor/token/"))),
        "list_page": (
            2.5,
            lambda: ok(person.get(f"/features/rows/?ids={first}", HX_Request="true")),
            lambda: ok(person.get("/floor/session/")),
        ),
        "get_one": (3, lambda: ok(program.get(f"/api/v1/features/PAY-7/?{WHOLE}")), lambda: ok(program.get("/floor/token/7/"))),
        "create": (4, lambda: ok(program.post("/api/v1/features/", {"product": "PAY", "title": "New"})), floor_post),
        "update": (4, lambda: ok(program.patch("/api/v1/features/PAY-7/", {"title": f"Changed {next(number)}"})), floor_patch),
        "pulse": (0.5, lambda: ok(person.get(f"/pulse/?seen={cursor}")), lambda: ok(person.get("/floor/session/"))),
    }
    # Reading before writing: what the writes leave behind would be news to the pulse.
    for name in ("pulse", "list_50", "list_page", "get_one", "create", "update"):
        if name in wanted:
            goal, subject, floor = pairs[name]
            yield Figure(name, goal, *medians(subject, floor), engine=place.engine)
    if "sql" in wanted:
        for name, found in place.inside("statements()").items():
            yield Figure(f"sql_{name}", SQL_GOALS[name], found, unit="statements", sql=found, engine=place.engine)
    if "timeline_1000" in wanted:
        place.inside("plan_dates(1_000)")
        page = "/roadmaps/timeline/?lanes=none"
        assert ok(person.get(page)).text.count("data-bar ") == 1_000
        yield Figure("timeline_1000", 5, *medians(lambda: ok(person.get(page)), lambda: ok(program.get(LIST))), engine=place.engine)
    place.installation.stop()
    if "list_scale" in wanted:
        yield list_scale(place)


def grid(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """The features grid out of 100,000: a window of 200 rows by id against the floor's 200, and a filter over three fields."""
    place.fill(100_000)
    place.inside("vary()")
    place.installation.start("web")
    program, person = place.program(), place.person()
    if "grid_page" in wanted:
        ids = ",".join(str(row["id"]) for row in ok(program.get("/api/v1/features/?limit=200&fields=id")).json()["items"])
        window = f"/features/rows/?ids={ids}"
        found = medians(lambda: ok(person.get(window, HX_Request="true")), lambda: ok(person.get("/floor/session/?limit=200")))
        yield Figure("grid_page", 2.5, *found, engine=place.engine)
    if "filter_three" in wanted:
        asked = f"{LIST}&{urlencode({'filter': 'kind:platform people>=30 score>20'})}"
        assert len(ok(program.get(asked)).json()["items"]) == 50
        yield Figure("filter_three", 1.5, *medians(lambda: ok(program.get(asked)), lambda: ok(program.get(LIST))), engine=place.engine)
    place.installation.stop()


def load(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """16 clients at once: lists a second against the floor's, and what the web processes weigh afterwards."""
    place.fill(FEATURES)
    place.installation.start("web")
    tokens = [place.program() for _ in range(CLIENTS)]
    asked: dict[str, list[float]] = {LIST: [], "/floor/token/": []}
    weighed = []
    for turn in range(LOAD_ROUNDS + 1):  # in turns; the first one warms up
        for path, rates in asked.items():
            rates += [answered(tokens, path)] * bool(turn)
        weighed.append(weight_of(place, "web"))
    if "list_load" in wanted:
        rates = [statistics.median(rates) for rates in asked.values()]
        yield Figure("list_load", 0.6, *rates, unit="requests/s", engine=place.engine, higher_is_better=True)
    place.installation.stop()
    if "memory" in wanted:
        place.installation.environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.alone"
        place.installation.start("web")
        bare = [Client(place.installation.port) for _ in range(CLIENTS)]
        for _ in range(LOAD_ROUNDS + 1):
            answered(bare, "/floor/bare/")
        yield Figure("memory", 2.5, weighed[-1], weight_of(place, "web"), unit="MB", engine=place.engine)
        yield Figure("memory_growth", 20, (weighed[-1] / weighed[0] - 1) * 100, unit="%", engine=place.engine)
        place.installation.stop()


def answered(clients: Sequence[Client], path: str) -> float:
    """Requests a second that are answered while each client sends one after the other."""

    def send(client: Client) -> int:
        sent = 0
        while time.perf_counter() < until:
            ok(client.get(path))
            sent += 1
        return sent

    until = time.perf_counter() + LOAD_SECONDS
    with ThreadPoolExecutor(len(clients)) as pool:
        return sum(pool.map(send, clients)) / LOAD_SECONDS


def weight_of(place: Stage, name: str) -> float:
    """Megabytes of memory the process and its children have, what they share counted once."""
    parent = place.installation.processes[name].pid
    family = [parent, *(int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
    shares = [re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE) for pid in family]
    return sum(int(found[1]) for found in shares if found) / 1024


def list_scale(place: Stage) -> Figure:
    """The same list out of a hundred times as many: two installations side by side are asked in turns."""
    with stage(place.engine) as small:
        for some, features in ((place, MANY), (small, FEATURES)):
            some.fill(features)
            some.installation.start("web")
        many, few = place.program(), small.program()
        return Figure("list_scale", 1.3, *medians(lambda: ok(many.get(LIST)), lambda: ok(few.get(LIST))), engine=place.engine)


def recompute(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """Scores of 100,000 features by six criteria."""
    place.fill(100_000)
    place.inside("six_criteria()")
    found = place.inside("recompute(5)")
    yield Figure("recompute", 1.3, *(statistics.median(found[name]) * 1000 for name in ("passes", "bare")), engine=place.engine)


def liveness(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """How soon others see a rating, and how often the worker sets to work for a burst of them."""
    place.fill(1_000)
    place.installation.start("web", "worker")
    author, reader = place.person(), Person(place.installation.port, place.facts["emails"][1])
    settle(reader)
    if "rating_visible" in wanted:
        rate(place, author, 0, 5)  # whatever was said of it before, each turn says something else
        settle(reader)
        taken = [rating_seen(place, author, reader, turn) for turn in range(20)]
        yield Figure("rating_visible", 3, p95(taken), unit="s", engine=place.engine)
    if "burst" in wanted:
        settle(reader)
        before = place.inside("passes()")
        said = [
            {"feature": key, "criterion": place.facts["criteria"][0], "value": 1 + number % 5}
            for number, key in enumerate(keys_of(place.program(), 1_000))
        ]
        assert len(said) == 1_000
        ok(place.program().post("/api/v1/ratings/bulk/", {"ratings": said}))
        for turn in range(50):
            rate(place, author, turn, 1 + (turn + 2) % 5)
        settle(reader)
        yield Figure("burst", 20, place.inside("passes()") - before, unit="passes", engine=place.engine)
    place.installation.stop()


def keys_of(program: Program, wanted: int) -> Iterator[str]:
    """The keys of the first so many features."""
    path = "/api/v1/features/?limit=200&fields=key&order=id"
    while path and wanted > 0:
        page = ok(program.get(path)).json()
        yield from (row["key"] for row in page["items"][:wanted])
        wanted -= len(page["items"])
        path = page["next"] and re.sub(r"^https?://[^/]+", "", page["next"])


def rate(place: Stage, author: Person, feature: int, value: int) -> None:
    key, criterion = place.facts["keys"][feature], place.facts["criteria"][0]
    ok(author.post(f"/features/{key}/ratings/", {"HX-Request": "true"}, criterion=criterion, value=value))


def rating_seen(place: Stage, author: Person, reader: Person, turn: int) -> float:
    """Seconds from a rating until the tile another person fetches is right."""
    _, was = tile_of(reader.get("/portfolio/tiles/value/").text)
    rate(place, author, 0, 1 + turn % 5)
    started = time.perf_counter()
    while time.perf_counter() - started < 30:
        updating, as_of = tile_of(reader.get("/portfolio/tiles/value/").text)
        if not updating and as_of != was:
            return time.perf_counter() - started
        time.sleep(0.05)
    raise AssertionError(f"The tile was not brought up to date in turn {turn}.")


def settle(reader: Person) -> None:
    until = time.monotonic() + 60
    while tile_of(reader.get("/portfolio/tiles/value/").text)[0]:
        assert time.monotonic() < until
        time.sleep(0.2)


def search(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """What the palette takes to answer, and how often what was looked for is among the first ten."""
    queries = place.inside(f"fill_texts({TEXTS[place.engine]})", "texts")
    place.installation.start("web")
    person = place.person()
    taken, found = [], 0
    for query, address in [*queries[:25], *queries]:  # the first ones warm up
        answer = ok(person.get(f"/search/?q={quote(query)}", HX_Request="true"))
        taken.append(answer.seconds * 1000)
        found += len(taken) > 25 and address in OPTION.findall(answer.text)[:10]
    place.installation.stop()
    yield Figure("search", 50 if place.engine == "postgresql" else 100, p95(taken[25:]), engine=place.engine)
    yield Figure("search_found", 95, 100 * found / len(queries), unit="% of queries", engine=place.engine, higher_is_better=True)


def import_rate(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """Features and feedback by CSV, events included, and the memory a run takes beyond what its process had."""
    for kind in ("features", "feedback"):
        found = place.inside(f"bring_in({kind!r}, {IMPORTED})")
        yield Figure(f"import_rate_{kind}", 300, found["rate"], unit="rows/s", engine=place.engine, higher_is_better=True)
        yield Figure(f"import_memory_{kind}", 100, found["memory"], unit="MB", engine=place.engine)


def weight(place: Stage, wanted: set[str]) -> Iterator[Figure]:
    """JavaScript and styles of the features page as they are served: the page's own, and every module those name."""
    place.installation.start("web")
    person, sizes = place.person(), {}
    waiting = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', person.get("/features/").text)
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        sizes[path] = served(place.installation.port, path)
        if path.endswith(".js") and "/vendor/" not in path:
            waiting += [
                urljoin(path, name) for name in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+\.js)["']""", person.get(path).text)
            ]
    place.installation.stop()
    yield Figure("weight", 80, sum(sizes.values()) / 1000, unit="kB", engine=place.engine)


def served(port: int, path: str) -> int:
    """Bytes of a file as a browser that knows Brotli gets it."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    assert answer.status == 200, path
    return len(answer.read())


def start(wanted: set[str]) -> Iterator[Figure]:
    """The second start until it answers."""
    with tempfile.TemporaryDirectory(prefix="waymark-bench-") as folder, installation(Path(folder)) as place:
        times = [start_once(place) for _ in range(3)]
    yield Figure("start", 6, statistics.median(times[1:]), unit="s", engine="sqlite")


def start_once(place) -> float:
    began = time.perf_counter()
    command = [sys.executable, "manage.py", "up", "--port", str(place.port)]
    process = subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(OSError):
                if Client(place.port).get("/healthz").status == 200:
                    return time.perf_counter() - began
            assert process.poll() is None, "It did not start."
            assert time.perf_counter() - began < 240, "It does not answer."
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ok(answer):
    assert answer.status < 300, f"{answer.status}: {answer.text[:300]}"
    return answer


ON_A_STAGE = [
    ({"list_50", "list_page", "get_one", "create", "update", "pulse", "sql", "timeline_1000", "list_scale"}, ("postgresql",), requests),
    ({"grid_page", "filter_three"}, ("postgresql",), grid),
    ({"list_load", "memory"}, ("postgresql",), load),
    ({"recompute"}, ("sqlite", "postgresql"), recompute),
    ({"rating_visible", "burst"}, ("sqlite", "postgresql"), liveness),
    ({"import_rate"}, ("sqlite", "postgresql"), import_rate),
    ({"search"}, ("sqlite", "postgresql"), search),
    ({"weight"}, ("sqlite",), weight),
]
NAMES = sorted({name for names, _, _ in ON_A_STAGE for name in names} | {"start"})


def measured(wanted: set[str]) -> Iterator[Figure]:
    """The wanted figures, one after the other."""
    for names, engines, run in ON_A_STAGE:
        for engine in engines if names & wanted else ():
            with stage(engine) as place:
                yield from run(place, names & wanted)
    if "start" in wanted:
        yield from start(wanted)
