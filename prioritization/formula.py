"""Provisional: sums and products of non-negative names."""

import ast
from dataclasses import dataclass


class FormulaError(ValueError):
    def __init__(self, message, position=0):
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Column:
    low: str
    likely: str
    high: str


@dataclass(frozen=True)
class Formula:
    text: str

    @property
    def names(self):
        return {n.id for n in ast.walk(ast.parse(self.text, mode="eval")) if isinstance(n, ast.Name)}

    def sql(self, columns):
        def render(which):
            tree = ast.parse(self.text, mode="eval").body

            def walk(n):
                if isinstance(n, ast.BinOp):
                    op = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[type(n.op)]
                    return f"({walk(n.left)} {op} {walk(n.right)})"
                if isinstance(n, ast.Name):
                    return getattr(columns[n.id], which)
                return repr(float(n.value))

            return f"ROUND(CAST({walk(tree)} AS numeric), 6)"

        return tuple(render(w) for w in ("low", "likely", "high"))


def parse(text):
    return Formula(text)


def weighted_sum(weights):
    total = sum(weights.values()) or 1
    return Formula(" + ".join(f"{100 * w / total!r} * {k}" for k, w in weights.items()))
