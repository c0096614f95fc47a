"""Reading the text tables in `data/`, and the few measures of time everything is laid out by."""

import csv
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
HISTORY_DAYS = 548  # eighteen months
DOMAIN = "quayside.example"


def rows(name: str) -> list[dict[str, str]]:
    """The lines of a table whose cells are parted by bars."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE))


def toml(name: str) -> dict:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def email(login: str) -> str:
    return f"{login}@{DOMAIN}"


class Calendar:
    """Days and moments as offsets from today; nothing it gives as a moment is later than the start of today."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.end = datetime.combine(today, time(), UTC)
        self.start = self.end - timedelta(days=HISTORY_DAYS)

    def day(self, offset: float) -> date:
        return self.today + timedelta(days=round(offset))

    def moment(self, offset: float, rng) -> datetime:
        """A working hour on the day `offset` days from today, or in the week before where that is a weekend."""
        day = self.day(min(offset, -1))
        back = day.weekday() - 4 + rng.randrange(5) if day.weekday() > 4 else 0
        at = datetime.combine(day - timedelta(days=back), time(rng.randrange(7, 17), rng.randrange(60), rng.randrange(60)), UTC)
        return max(self.start + timedelta(minutes=rng.randrange(1, 600)), at)

    def quarter(self, steps: int = 0) -> date:
        """The first day of the quarter that is `steps` from today's."""
        return quarter_start(self.today, steps)


def quarter_start(day: date, steps: int = 0) -> date:
    index = day.year * 4 + (day.month - 1) // 3 + steps
    return date(index // 4, index % 4 * 3 + 1, 1)


def quarter_label(day: date, steps: int = 0) -> str:
    start = quarter_start(day, steps)
    return f"{start.year}.{(start.month - 1) // 3 + 1}"
