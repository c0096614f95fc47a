"""The demonstration company becomes rows: every act of the world's history goes through the same services as people's work.

`fill(today)` replays 18 months in order of time in one transaction, with the clock of each act's own moment, and lets the derived
values follow at each month's end, so that trends, ages and score histories are real.
"""

from integrations.demo.loading.fill import PASSWORD, fill

__all__ = ["PASSWORD", "fill"]
