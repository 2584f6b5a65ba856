"""Pieces of HTML. A plain text becomes HTML only by being escaped; what is HTML already has a type of its own."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

NOT_KNOWN = "–"
THIN = "\N{NARROW NO-BREAK SPACE}"


class Html(str):
    """Markup: goes into a page as it is."""

    __slots__ = ()


def text(value: object) -> Html:
    """`value` as it reads, escaped unless it is markup."""
    return value if isinstance(value, Html) else Html(html.escape(str(value), quote=True))


def join(pieces: Iterable[Html]) -> Html:
    return Html("\n".join(pieces))


def element(tag: str, content: object, css: str = "") -> Html:
    kind = f' class="{text(css)}"' if css else ""
    return Html(f"<{tag}{kind}>{text(content)}</{tag}>")


def paragraph(*parts: object, css: str = "") -> Html:
    return element("p", Html("".join(text(part) for part in parts)), css)


def absent(key: str) -> Html:
    """The one line of a section that an artifact has nothing for."""
    return paragraph("None: this model was stored without ", element("code", key), ".", css="none")


def table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    words: Sequence[int] = (0,),
    strong: Sequence[object] = (),
    titled: bool = True,
) -> Html:
    """A table whose first column names its rows.

    Parameters
    ----------
    words
        Columns that hold words; all others hold figures and stand flush right.
    strong
        First cells of the rows that stand out.
    titled
        Whether the caption is seen; where a heading says it already, it is only read out.
    """
    sides = ["word" if n in words else "figure" for n in range(len(headings))]
    head = "".join(
        f'<th scope="col" class="{side}">{text(each)}</th>' if each else "<td></td>"
        for side, each in zip(sides, headings, strict=True)
    )
    seen = "" if titled else ' class="unseen"'
    body = []
    for row in rows:
        cells = "".join(f'<td class="{side}">{text(cell)}</td>' for side, cell in zip(sides[1:], row[1:], strict=True))
        marked = ' class="strong"' if row[0] in strong else ""
        body.append(f'<tr{marked}><th scope="row" class="{sides[0]}">{text(row[0])}</th>{cells}</tr>')
    return Html(
        f'<div class="scroll" role="region" aria-label="{text(caption)}" tabindex="0"><table>'
        f"<caption{seen}>{text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def figure(
    picture: Html, caption: object, legend: Sequence[tuple[str, object]] = (), figures: Html | None = None
) -> Html:
    """A picture with what its lines mean (their class, and words) and, to be opened, its figures as a table."""
    keys = "".join(f'<li class="{css}">{text(words)}</li>' for css, words in legend)
    return Html(
        f"<figure>{element('figcaption', caption)}"
        + (f'<ul class="legend">{keys}</ul>' if keys else "")
        + picture
        + (details("The figures", figures) if figures else "")
        + "</figure>"
    )


def details(summary: str, content: Html) -> Html:
    return Html(f"<details><summary>{text(summary)}</summary>{content}</details>")


def side_by_side(*pieces: Html) -> Html:
    """In columns where the page is wide enough, each piece in a place of its own."""
    return Html(f'<div class="beside">{join(element("div", piece) for piece in pieces)}</div>')


def bar(share: float, css: str = "model") -> Html:
    """A bar in a cell, as long as a share of the longest; the figure itself stands in a cell of its own."""
    width = 100 * min(1.0, max(0.0, share if math.isfinite(share) else 0.0))
    return Html(f'<span class="bar {css}" style="width:{width:.1f}%" aria-hidden="true"></span>')


def known(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def number(value: Any, digits: int = 4) -> str:
    return f"{value:,.{digits}f}" if known(value) else NOT_KNOWN


def count(value: Any) -> str:
    return f"{value:,.0f}" if known(value) else NOT_KNOWN


def percent(value: Any) -> str:
    """To three figures, four decimals at most."""
    if not known(value):
        return NOT_KNOWN
    hundredths = abs(100 * value)
    digits = 0 if hundredths == 0 else min(4, max(0, 2 - math.floor(math.log10(hundredths))))
    return f"{100 * value:.{digits}f}{THIN}%"


def times(value: Any) -> str:
    return f"{value:.2f}×" if known(value) else NOT_KNOWN


def between(low: Any, high: Any, say: Any = percent) -> str:
    return f"{say(low)} to {say(high)}" if known(low) and known(high) else NOT_KNOWN


def day(seconds: Any) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d") if known(seconds) else NOT_KNOWN


def minute(seconds: Any) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC") if known(seconds) else NOT_KNOWN
