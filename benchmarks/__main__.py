"""`python -m benchmarks`: one line of JSON a figure; 1 where one misses its goal."""

import argparse
import sys

from benchmarks.figures import NAMES, measured


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="these figures alone")
    wanted = set(parser.parse_args().only or NAMES)
    missed = []
    for figure in measured(wanted):
        print(figure.line(), flush=True)
        missed += [] if figure.is_met else [figure.name]
    if missed:
        print(f"beyond their goals: {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
