"""How the models do on real diffusions: from each data set's files to `report.html` and a row of docs/evaluation.md.

    python tests/bench/diffusions --data ../shared/data --home .sixhop/diffusions
    python tests/bench/diffusions --only women --only farmers

Each set is turned into an import folder, imported into a realm of its own and retrained on, by the commands that
anybody would type. With SIXHOP_NEO4J_URI set that server is used; else a local one below --home, stopped at the end
where it was started here. Prints the table; writes it and all figures below --home. Ends with 1 where a model is below
the best heuristic by more than the interval.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from runs import environment_of, run, sixhop
from sets import SETS
from table import as_markdown, reaches

CHECKOUT = Path(__file__).resolve().parents[3]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=CHECKOUT.parent / "shared" / "data")
    parser.add_argument("--home", type=Path, default=CHECKOUT / ".sixhop" / "diffusions")
    parser.add_argument("--only", action="append", choices=[each.name for each in SETS])
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    environment = environment_of(asked.home / "state")
    started = "SIXHOP_NEO4J_URI" not in environment and "already runs" not in sixhop(("neo4j", "up"), environment)
    try:
        sixhop(("migrate",), environment)
        told = []
        for each in SETS:
            if asked.only and each.name not in asked.only:
                continue
            print(f"{each.name} …", file=sys.stderr, flush=True)
            told.append(run(each, asked.data, asked.home / "folders" / each.name, environment, seed=asked.seed))
            (asked.home / f"{each.name}.json").write_text(json.dumps(told[-1], indent=2) + "\n", encoding="utf-8")
            print(
                f"  {told[-1].get('skipped') or told[-1]['why']} ({told[-1]['seconds']} s)", file=sys.stderr, flush=True
            )
    finally:
        if started:
            sixhop(("neo4j", "down"), environment)
    table = as_markdown(told)
    (asked.home / "table.md").write_text(table, encoding="utf-8")
    print(table)
    return int(not all(reaches(model) for each in told for model in each.get("models", {}).values()))


if __name__ == "__main__":
    sys.exit(main())
