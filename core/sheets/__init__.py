"""Tables that leave for spreadsheets: what one is, and the writers of its formats."""

from core.sheets.table import Heading, Plain, Table, guarded, unguarded

__all__ = ["Heading", "Plain", "Table", "guarded", "unguarded"]
