"""Where a model comes from: its slices in time, what it learned from, how it was fitted, and by what it is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sixhop_ml.page.drawing import picture
from sixhop_ml.page.facts import Facts
from sixhop_ml.page.markup import (
    Html,
    absent,
    bar,
    count,
    day,
    element,
    figure,
    join,
    known,
    number,
    paragraph,
    percent,
    side_by_side,
    table,
    text,
    times,
)

DAY_S = 86_400
WIDTH, LEFT, RIGHT, ROW, TOP = 440, 8, 12, 44, 8
MOST_TICKS = 6
MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 240)
SOURCES = {
    "outcomes": "outcomes of outreaches that were sent",
    "exposures": "exposures and whether an adoption followed",
    "replies": "contacts and whether a reply followed",
    "hops": "answers of those asked along chains",
}
ORDER = ("fit", "calibrate", "test")


def windows(facts: Facts) -> Html:
    """The slices on a time line and in a table, and what was learned from."""
    slices = facts.manifest.get("slices")
    window_s = facts.manifest.get("label_window_s")
    data_end = facts.manifest.get("data_end")
    learned = facts.metrics.get("learned_from")
    pieces = [_learned(learned) if learned else absent("learned_from")]
    if not slices:
        return join([absent("slices"), *pieces])
    spans = sorted(slices.items(), key=lambda item: item[1]["first"])
    if window_s is not None and data_end is not None:
        pieces.insert(0, _time_line(spans, window_s, data_end))
    return join([side_by_side(*pieces), _slices_table(spans, window_s)])


def _time_line(spans: list[tuple[str, Mapping[str, Any]]], window_s: int, data_end: int) -> Html:
    first = min(span["first"] for _, span in spans)
    reach = max(1, data_end - first)

    def at(seconds: float) -> float:
        return float(LEFT + (seconds - first) / reach * (WIDTH - LEFT - RIGHT))

    floor = TOP + ROW * len(spans) + 6
    marks = []
    for seconds, words in _dates(first, data_end):
        x = at(seconds)
        marks.append(f'<path class="grid" d="M{x:.1f} {TOP}V{floor}"/>')
        within = min(max(x, 14), WIDTH - 22)
        marks.append(f'<text class="tick" x="{within:.1f}" y="{floor + 15}" text-anchor="middle">{words}</text>')
    for n, (name, span) in enumerate(spans):
        top = TOP + n * ROW
        start, stop, closed = at(span["first"]), at(span["last"]), at(span["last"] + window_s)
        words = f"{name}: {day(span['first'])} to {day(span['last'])}"
        anchor, x = ("end", closed - 4) if start > WIDTH / 2 else ("start", start)
        marks.append(f'<text class="value" x="{x:.1f}" y="{top + 13}" text-anchor="{anchor}">{text(words)}</text>')
        marks.append(f'<rect class="window" x="{stop:.1f}" y="{top + 19}" width="{closed - stop:.1f}" height="15"/>')
        width = max(2.0, stop - start)
        css = "other" if name == "test" else "model"
        marks.append(f'<rect class="fill {css}" x="{start:.1f}" y="{top + 19}" width="{width:.1f}" height="15"/>')
    marks.append(f'<path class="axis" d="M{LEFT} {floor}H{WIDTH - RIGHT}"/>')
    marks.append(f'<path class="end" d="M{at(data_end):.1f} {TOP}V{floor}"/>')
    told = "; ".join(f"{name} from {day(span['first'])} to {day(span['last'])}" for name, span in spans)
    drawing = picture(
        "windows",
        "Slices in time",
        f"Anchors of the slices: {told}. Each is followed by a label window of {window_s / DAY_S:.0f} days. "
        f"The data ends on {day(data_end)}.",
        "".join(marks),
        WIDTH,
        floor + 24,
    )
    legend = (
        ("model area", "anchors to learn from"),
        ("other area", "anchors to test on"),
        ("window area", f"label window, {window_s / DAY_S:.0f} days"),
        ("end", f"end of the data, {day(data_end)}"),
    )
    ends = [span["last"] + window_s for _, span in spans]
    apart = all(end <= start for end, start in zip(ends, [*(s["first"] for _, s in spans[1:]), data_end], strict=True))
    caption = (
        "No label window reaches into the next slice, or past the end of the data"
        if apart
        else "A label window reaches into the next slice, or past the end of the data: the figures flatter"
    )
    return figure(drawing, caption, legend)


def _dates(first: int, last: int) -> list[tuple[float, str]]:
    """Beginnings of months or years, few enough to label; of days where there are less than two months."""
    if last - first < 60 * DAY_S:
        apart = max(1, -(-(last - first) // (MOST_TICKS * DAY_S))) * DAY_S
        days = range(-(-first // DAY_S) * DAY_S, last + 1, apart)
        return [(float(each), datetime.fromtimestamp(each, UTC).strftime("%m-%d")) for each in days]
    begin, end = (datetime.fromtimestamp(each, UTC) for each in (first, last))
    months = range(begin.year * 12 + begin.month, end.year * 12 + end.month)
    apart = next((each for each in MONTHS_APART if len(months) / each <= MOST_TICKS), MONTHS_APART[-1])
    words = "%Y" if apart >= 12 else "%Y-%m"
    dates = [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months if month % apart == 0]
    return [(each.timestamp(), each.strftime(words)) for each in dates]


def _slices_table(spans: list[tuple[str, Mapping[str, Any]]], window_s: int | None) -> Html:
    rows = [
        (
            name,
            day(span["first"]),
            day(span["last"]),
            day(span["last"] + window_s) if window_s is not None else "",
            count(span.get("pairs")),
            count(span.get("adopted")),
            percent(span.get("base_rate")),
        )
        for name, span in spans
    ]
    headings = ("slice", "first anchor", "last anchor", "window closes", "pairs", "adopted", "base rate")
    return table("Slices", headings, rows)


def _learned(learned: Mapping[str, Any]) -> Html:
    kind = learned.get("kind", "")
    counts = {name: learned.get(name) for name in SOURCES if known(learned.get(name))}
    most = max([1.0, *(float(value) for value in counts.values() if value is not None)])
    rows = [(SOURCES[name], bar((value or 0) / most), count(value)) for name, value in counts.items()]
    return join(
        [
            paragraph("A yes and a no are learned from ", element("strong", SOURCES.get(kind, kind)), "."),
            table(
                "What there was to learn from", ("kind", "", "number"), rows, words=(0, 1), strong=(SOURCES.get(kind),)
            ),
        ]
    )


def making(facts: Facts) -> Html:
    """Hyper-parameters, and the trials they were chosen from."""
    chosen = facts.manifest.get("hyperparameters")
    tried = facts.manifest.get("search")
    pieces = []
    if chosen:
        values = [(element("code", name), _value(value)) for name, value in sorted(chosen.items())]
        pieces.append(table("Hyper-parameters", ("name", "value"), values))
    else:
        pieces.append(absent("hyperparameters"))
    if tried:
        names = sorted({name for trial in tried for name in trial["hyperparameters"]})
        varied = [n for n in names if len({_value(trial["hyperparameters"].get(n)) for trial in tried}) > 1]
        ranked = sorted(tried, key=lambda trial: -(trial.get("average_precision") or 0.0))
        rows = [
            (
                f"{n}. chosen" if chosen and chosen.items() >= trial["hyperparameters"].items() else f"{n}.",
                *(_value(trial["hyperparameters"].get(name)) for name in varied),
                number(trial.get("average_precision")),
                number(trial.get("seconds"), 1),
            )
            for n, trial in enumerate(ranked, 1)
        ]
        headings = ("trial", *varied, "average precision", "seconds")
        best = [row[0] for row in rows if "chosen" in row[0]]
        pieces.append(table(f"Search: {len(tried)} trials, the best first", headings, rows, strong=best))
        for trial in tried:
            if over := trial.get("over_one_feature"):
                pieces.append(paragraph(_against_one_feature(trial["hyperparameters"]["family"], over)))
    else:
        pieces.append(absent("search"))
    return side_by_side(*pieces)


def _against_one_feature(family: str, over: Mapping[str, Any]) -> str:
    span = f"{times(over['ratio'])} as well (95 % interval {times(over['low'])} to {times(over['high'])})"
    return (
        f"On the slice to calibrate the {family} ranks {span} as the best single feature; where the interval reaches "
        "1, the mean of the two is taken."
    )


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def identity(facts: Facts) -> Html:
    """Digests, files and versions: what to compare when two models should be the same."""
    manifest = facts.manifest
    names = {
        "data_digest": "data",
        "queries_digest": "queries",
        "features_digest": "features",
        "seed": "seed",
    }
    digests = [("model", element("code", facts.digest))]
    digests += [(words, element("code", manifest[key])) for key, words in names.items() if key in manifest]
    files = [(element("code", name), element("code", sha)) for name, sha in sorted(manifest.get("files", {}).items())]
    versions = [(name, version) for name, version in sorted(manifest.get("versions", {}).items())]
    pieces = [table("Digests", ("of", "digest"), digests, words=(0, 1))]
    pieces.append(table("Versions", ("library", "version"), versions) if versions else absent("versions"))
    columns = manifest.get("feature_names", [])
    return join(
        [
            side_by_side(*pieces),
            table("Files", ("file", "sha256"), files, words=(0, 1)) if files else absent("files"),
            paragraph(f"{len(columns)} features: ", *_listed(columns), css="note")
            if columns
            else absent("feature_names"),
        ]
    )


def _listed(names: list[str]) -> list[object]:
    return [piece for n, name in enumerate(names) for piece in ((", " if n else ""), element("code", name))]


def limits(facts: Facts) -> Html:
    """What these figures cannot say."""
    told = []
    if facts.metrics.get("learned_from", {}).get("kind") == "outcomes":
        told.append("Who was sent an outreach was chosen and not drawn; outcomes speak of members like those.")
    else:
        told.append(
            "What followed an exposure or a contact was observed, not tried: it stands in for referrals until "
            "outreaches have outcomes."
        )
    rates = {name: span.get("base_rate") for name, span in facts.manifest.get("slices", {}).items()}
    moved = ", ".join(f"{percent(rates[name])} to {name}" for name in ORDER if known(rates.get(name)))
    told += [
        "A likelihood counts adoptions that would have come without the chain too.",
        "The level of adoption moves from one slice to the next, which no calibration on the past can know"
        + (f" (here: {moved})." if moved else "."),
        "Pairs are those that the walk proposes; of others these figures say nothing.",
        "A tie without a date may be younger than the time at which a walk went over it.",
    ]
    if facts.held is not None and facts.held.every > 1:
        told.append(
            f"Pictures show one of every {facts.held.every} of the {count(facts.held.rows_stored)} held-out rows."
        )
    return Html(f"<ul>{''.join(element('li', each) for each in told)}</ul>")
