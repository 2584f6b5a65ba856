"""`python -m sixhop_bench`: the command without the rest of `sixhop`."""

import typer

from sixhop_bench.commands import bench

typer.run(bench)
