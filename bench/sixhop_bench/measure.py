"""Measures one graph: every question at every number of clients, then the plain ways, on the running processes.

Knows nothing of how processes are started or results are shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sixhop_bench.arrivals import PARTIAL, WHOLE, Ask, Run, in_turn, open_loop
from sixhop_bench.load import LoadedGraph
from sixhop_bench.oracle import Oracle
from sixhop_bench.plain_ways import EMPTY, ENUMERATION, PLAIN_WAYS, Statements
from sixhop_bench.processes import CpuMeter, Neo4j, Service
from sixhop_bench.quality import near_best_chains, recall_at_20
from sixhop_bench.questions import TARGETS, Clients, Question
from sixhop_bench.results import Results, Row, StageTime

Say = Callable[[str], None]
UTILISATION = 0.7
"""Calls arrive at this share of the rate that as many clients reach when each asks again at once."""
MOST_P99_MS = 200.0
LEAST_WHOLE = 0.99
SEARCH_LONGER = 3
"""Times as many calls as a point has: of 400 the 99th percentile is a matter of four."""
SUSTAINED = f"RecommendTargets, most with p99 <= {MOST_P99_MS:.0f} ms"
UNIMPLEMENTED = "UNIMPLEMENTED"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. A point takes `calls` calls, within `least_s` and `most_s` seconds."""

    clients: tuple[int, ...] = (1, 4, 8, 16)
    calls: int = 400
    least_s: float = 3.0
    most_s: float = 20.0
    warm_up_calls: int = 800
    warm_up_s: float = 20.0
    compared: int = 60
    """Requests whose answers are compared with the oracle's, and that are asked to explain."""
    search_steps: int = 6
    """In the search for the highest rate; 0: no search."""
    enumerations: int = 3
    enumeration_s: float = 30.0
    patience: float = 1.0
    """Calls have their service's default deadline times this."""


SHORT = Plan(
    clients=(1, 4),
    calls=40,
    least_s=0.3,
    most_s=2.0,
    warm_up_calls=30,
    warm_up_s=3.0,
    compared=10,
    search_steps=2,
    enumerations=1,
    enumeration_s=2.0,
    patience=10.0,  # it only has to run, on whatever machine
)


@dataclass(slots=True)
class Measurement:
    """One graph with its running processes, and where results go."""

    loaded: LoadedGraph
    oracle: Oracle
    neo4j: Neo4j
    service: Service
    plan: Plan
    results: Results
    say: Say
    seed: int

    async def run(self, questions: list[Question]) -> None:
        """Ask everything."""
        clients = Clients(self.service.address, max(self.plan.clients), patience=self.plan.patience)
        statements = Statements(self.neo4j.at)
        try:
            by_name = {question.name: question for question in questions}
            for (
                question
            ) in questions:  # all before any: it takes thousands of calls until the server's code is compiled
                if question.requests:
                    await self._warm_up(question.name, clients.asking(question))
            await self._measure(EMPTY, statements.asking("empty", by_name[TARGETS], 1.0), clients=(1,))
            for question in questions:
                await self._ask(clients, question)
            for way in PLAIN_WAYS:
                await self._measure(way.name, statements.asking(way.file, by_name[way.like], way.within_s))
            await self._enumerate(statements, by_name[TARGETS])
        finally:
            await clients.close()
            await statements.close()

    async def _ask(self, clients: Clients, question: Question) -> None:
        if not question.requests:
            self._skip(question.name, "there is nothing to ask about")
            return
        ask = clients.asking(question)
        if not await self._warm_up(question.name, ask):
            return
        recall = await recall_at_20(clients, question, self.oracle, self.plan.compared)
        near = await near_best_chains(clients, question, self.oracle, self.plan.compared)
        if near is not None:
            self.results.near_best_chains[self.loaded.spec.name] = near
        capacity = await self._measure(question.name, ask, recall=recall, warm=True)
        await self._explain(clients, question)
        if question.name == TARGETS and self.plan.search_steps:
            await self._search(ask, capacity)

    async def _warm_up(self, name: str, ask: Ask) -> bool:
        """Ask until plans and pages are there; False when no call was answered, which is told."""
        run = await in_turn(
            ask,
            self._numbers(1),
            clients=min(4, max(self.plan.clients)),
            calls=self.plan.warm_up_calls,
            least_s=0.0,
            most_s=self.plan.warm_up_s,
        )
        if run.failed < run.calls:
            return True
        reason = run.ends.most_common(1)[0][0]
        self._skip(name, "the service does not have it yet" if reason == UNIMPLEMENTED else f"every call: {reason}")
        return False

    async def _measure(
        self,
        name: str,
        ask: Ask,
        *,
        clients: tuple[int, ...] = (),
        recall: float | None = None,
        warm: bool = False,
    ) -> float:
        """A row for each number of clients; returns the highest rate that was reached."""
        plan, capacity = self.plan, 0.0
        if not warm and not await self._warm_up(name, ask):
            return capacity
        for count in clients or plan.clients:
            run = await self._in_turn(ask, clients=count)
            reached = run.per_second
            capacity = max(capacity, reached)
            if count > 1 and reached:
                run = await self._open(ask, rate=UTILISATION * reached, clients=count, calls=plan.calls)
            self._keep(name, count, run, recall)
        return capacity

    async def _in_turn(self, ask: Ask, *, clients: int) -> Run:
        """With several clients only to learn what rate they reach: half as long does."""
        calls, least_s, most_s = self.plan.calls, self.plan.least_s, self.plan.most_s
        if clients > 1:
            calls, least_s, most_s = calls // 2, least_s / 2, most_s / 2
        return await self._metered(
            in_turn(ask, self._numbers(2), clients=clients, calls=calls, least_s=least_s, most_s=most_s)
        )

    async def _open(self, ask: Ask, *, rate: float, clients: int, calls: int) -> Run:
        seconds = min(self.plan.most_s, max(self.plan.least_s, calls / rate))
        dice = np.random.default_rng(self.seed)
        return await self._metered(
            open_loop(ask, self._numbers(3), clients=clients, per_second=rate, seconds=seconds, dice=dice)
        )

    async def _metered(self, running: Awaitable[Run]) -> Run:
        meter = CpuMeter({"service": self.service.pid, "neo4j": self.neo4j.pid})
        run = await running
        run.cpu_s = meter.used()
        return run

    async def _search(self, ask: Ask, capacity: float) -> None:
        """Halve the span of rates between one that is kept up with p99 in bounds and one that is not."""
        low, high, clients = 0.0, 1.1 * capacity, max(self.plan.clients)
        best: Run | None = None
        for _ in range(self.plan.search_steps):
            rate = (low + high) / 2
            run = await self._open(ask, rate=rate, clients=clients, calls=SEARCH_LONGER * self.plan.calls)
            if run.percentile_ms(99) <= MOST_P99_MS and run.whole_share >= LEAST_WHOLE:
                low, best = rate, run
            else:
                high = rate
        if best is None:
            self._skip(SUSTAINED, f"no rate down to {high:.1f} a second keeps within it")
        else:
            self._keep(SUSTAINED, clients, best)

    async def _enumerate(self, statements: Statements, question: Question) -> None:
        """A few, one after the other: each may take as long as it is let."""
        plan = self.plan
        ask = statements.asking("enumerate_six", question, plan.enumeration_s)
        most_s = plan.enumerations * plan.enumeration_s
        run = await self._metered(
            in_turn(ask, self._numbers(4), clients=1, calls=plan.enumerations, least_s=0.0, most_s=most_s)
        )
        self._keep(ENUMERATION, 1, run)

    async def _explain(self, clients: Clients, question: Question) -> None:
        """What each stage took, on average."""
        took: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for number in range(self.plan.compared):
            answer = await clients.explained(question, number)
            for stage in answer.info.stages if answer else ():
                took.setdefault((stage.stage, stage.name), []).append((stage.elapsed_ms, stage.kept))
        for (stage, name), seen in took.items():
            mean_ms, kept = (float(mean) for mean in np.mean(seen, axis=0))
            self.results.stages.append(
                StageTime(self.loaded.spec.name, question.name, stage, name, round(mean_ms, 3), round(kept, 1))
            )

    def _numbers(self, salt: int) -> Iterator[int]:
        """Which requests are made: from another place on for each purpose, so that not the same are warm."""
        return itertools.count(salt * 100_003)

    def _keep(self, name: str, clients: int, run: Run, recall: float | None = None) -> None:
        calls = max(run.calls, 1)
        row = Row(
            graph=self.loaded.spec.name,
            members=self.loaded.spec.all_members,
            ties=self.loaded.ties,
            question=name,
            clients=clients,
            p50_ms=round(run.percentile_ms(50), 2),
            p95_ms=round(run.percentile_ms(95), 2),
            p99_ms=round(run.percentile_ms(99), 2),
            per_second=round(run.per_second, 2),
            recall_at_20=None if recall is None else round(recall, 4),
            calls=run.calls,
            failed={end: count for end, count in run.ends.items() if end not in (WHOLE, PARTIAL)},
            whole_share=round(run.whole_share, 4),
            offered_per_second=None if run.offered_per_s is None else round(run.offered_per_s, 2),
            cpu_ms={process: round(1000 * seconds / calls, 2) for process, seconds in run.cpu_s.items()},
        )
        self.results.rows.append(row)
        self.say(
            f"{row.graph}: {name}, clients {clients}: p50 {row.p50_ms:.1f}, p99 {row.p99_ms:.1f} ms, "
            f"{row.per_second:.1f}/s" + (f", failed {dict(row.failed)}" if row.failed else "")
        )

    def _skip(self, name: str, why: str) -> None:
        line = f"{self.loaded.spec.name}: {name} is left out: {why}"
        if line not in self.results.skipped:
            self.results.skipped.append(line)
            self.say(line)
