"""Turns columns as they stand into arrays of the declared types and says which cells are wrong. Knows nothing of files.

Whole columns are converted at once; only where that fails are the cells looked at more closely.
Missing is: NONE for times and whole numbers, nan for numbers, -1 for booleans and choices, null for texts and ids.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sixhop.imports.kinds import LIST_SEPARATOR, MAX_ID_LENGTH, MAX_INTERESTS, MAX_TEXT_LENGTH, Column, Type

NONE = np.iinfo(np.int64).min
Mask = npt.NDArray[np.bool_]

_INTEGER = r"^[+-]?[0-9]{1,18}$"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_LOCAL_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?$"
_ZONED_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_TRUE = ("true", "yes", "1")
_FALSE = ("false", "no", "0")


class RowProblems:
    """What is wrong with each row of a chunk: the first thing found."""

    def __init__(self, rows: int) -> None:
        self.reason = np.zeros(rows, dtype=np.int16)
        self.texts = [""]

    def mark(self, wrong: Mask, text: str) -> None:
        new = wrong & (self.reason == 0)
        if new.any():
            self.texts.append(text)
            self.reason[new] = len(self.texts) - 1

    @property
    def good(self) -> Mask:
        return np.asarray(self.reason == 0)


def parse(column: Column, cells: pa.Array, problems: RowProblems) -> Any:
    """Convert one column, marking in `problems` the rows that have no place in it."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    values, present, readable = _PARSERS[column.type](column, cells)
    problems.mark(~readable, f"{column.name}: {_expected(column)}")
    if column.required:
        problems.mark(~present, f"{column.name}: missing")
    if column.type in (Type.NUMBER, Type.INTEGER, Type.TIME):
        # A nan that is present compares as neither: it is out of range as well.
        top = values < column.high if column.type is Type.TIME else values <= column.high
        problems.mark(present & readable & ~((values >= column.low) & top), f"{column.name}: {_range(column)}")
    return values


def missing(column: Column, rows: int) -> Any:
    """What a column that the file does not have reads as."""
    if column.type in (Type.TIME, Type.INTEGER):
        return np.full(rows, NONE, dtype=np.int64)
    if column.type is Type.NUMBER:
        return np.full(rows, np.nan)
    if column.type in (Type.BOOLEAN, Type.CHOICE):
        return np.full(rows, -1, dtype=np.int8)
    return pa.nulls(rows, pa.list_(pa.string()) if column.type is Type.LIST else pa.string())


def _expected(column: Column) -> str:
    return {
        Type.ID: f"longer than {MAX_ID_LENGTH} characters",
        Type.TEXT: f"longer than {MAX_TEXT_LENGTH} characters",
        Type.LIST: f"more than {MAX_INTERESTS} entries, or one longer than {MAX_ID_LENGTH} characters",
        Type.TIME: "not a time; give ISO 8601 in UTC or whole seconds since 1970",
        Type.NUMBER: "not a number",
        Type.INTEGER: "not a whole number",
        Type.BOOLEAN: f"neither {' nor '.join((*_TRUE, *_FALSE))}",
        Type.CHOICE: f"not one of {', '.join(column.choices)}",
    }[column.type]


def _range(column: Column) -> str:
    if column.type is Type.TIME:
        return f"out of range {'1970' if column.low == 0 else '1900'} to 2099; are these milliseconds?"
    return f"out of range {column.low:g} to {column.high:g}"


def _texts(cells: pa.Array) -> tuple[pa.Array, Mask]:
    """Cells as strings, and which are given: an empty one is not."""
    if not pa.types.is_string(cells.type):
        cells = cells.cast(pa.string())
    given = pc.fill_null(pc.greater(pc.binary_length(cells), 0), False)
    return cells, _mask(given)


def _mask(flags: pa.Array) -> Mask:
    return np.asarray(flags.to_numpy(zero_copy_only=False), dtype=bool)


def _strings(longest: int, cells: pa.Array) -> tuple[pa.Array, Mask, Mask]:
    cells, given = _texts(cells)
    if not given.all():
        cells = pc.if_else(pa.array(given), cells, None)
    # Bytes bound characters from above, and counting them costs nothing.
    sizes = pc.max(pc.binary_length(cells)).as_py() or 0
    if sizes <= longest:
        return cells, given, np.ones(len(cells), dtype=bool)
    return cells, given, _mask(pc.fill_null(pc.less_equal(pc.utf8_length(cells), longest), True))


def _parse_ids(_: Column, cells: pa.Array) -> tuple[pa.Array, Mask, Mask]:
    return _strings(MAX_ID_LENGTH, cells)


def _parse_texts(_: Column, cells: pa.Array) -> tuple[pa.Array, Mask, Mask]:
    return _strings(MAX_TEXT_LENGTH, cells)


def _parse_lists(_: Column, cells: pa.Array) -> tuple[pa.Array, Mask, Mask]:
    """Entries are trimmed, empty ones and repetitions dropped, the order kept."""
    rows = cells.to_pylist()
    split = [r if isinstance(r, list) else str(r).split(LIST_SEPARATOR) for r in (row or [] for row in rows)]
    entries = [list(dict.fromkeys(text for e in row if e is not None and (text := str(e).strip()))) for row in split]
    fits = np.array([len(e) <= MAX_INTERESTS and all(len(x) <= MAX_ID_LENGTH for x in e) for e in entries], dtype=bool)
    given = np.array([bool(e) for e in entries], dtype=bool)
    return pa.array([e or None for e in entries], pa.list_(pa.string())), given, fits


def _parse_numbers(_: Column, cells: pa.Array) -> tuple[npt.NDArray[Any], Mask, Mask]:
    return _numeric(cells, pa.float64(), _NUMBER, np.nan)


def _parse_integers(_: Column, cells: pa.Array) -> tuple[npt.NDArray[Any], Mask, Mask]:
    return _numeric(cells, pa.int64(), _INTEGER, NONE)


def _numeric(cells: pa.Array, wanted: pa.DataType, shape: str, absent: float) -> tuple[npt.NDArray[Any], Mask, Mask]:
    if not pa.types.is_string(cells.type):
        given = _mask(cells.is_valid())
        if pa.types.is_floating(cells.type):  # nan is how data frames write a missing number
            given &= ~_mask(pc.fill_null(pc.is_nan(cells), True))
            cells = pc.if_else(pa.array(given), cells, None)
        values, readable = _cast(cells, wanted)
        return _filled(values, absent), given, readable | ~given
    cells, given = _texts(cells)
    texts = pc.if_else(pa.array(given), cells, None)
    try:
        return _filled(texts.cast(wanted), absent), given, np.ones(len(cells), dtype=bool)
    except pa.ArrowInvalid:
        texts = pc.utf8_trim_whitespace(texts)
    shaped = pc.fill_null(pc.match_substring_regex(texts, shape), False)
    values, readable = _cast(pc.if_else(shaped, texts, None), wanted)
    return _filled(values, absent), given, (readable & _mask(shaped)) | ~given


def _parse_times(_: Column, cells: pa.Array) -> tuple[npt.NDArray[Any], Mask, Mask]:
    if pa.types.is_temporal(cells.type):
        given = _mask(cells.is_valid())
        return _filled(_seconds(cells), NONE), given, np.ones(len(cells), dtype=bool)
    if not pa.types.is_string(cells.type):
        return _numeric(cells, pa.int64(), _INTEGER, NONE)
    cells, given = _texts(cells)
    texts = pc.if_else(pa.array(given), cells, None)
    for wanted in (pa.int64(), pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            return _filled(_seconds(texts.cast(wanted)), NONE), given, np.ones(len(cells), dtype=bool)
        except pa.ArrowInvalid:
            continue
    texts = pc.utf8_trim_whitespace(texts)
    seconds = np.full(len(cells), NONE, dtype=np.int64)
    readable = ~given
    for shape, wanted in (
        (_INTEGER, pa.int64()),
        (_ZONED_TIME, pa.timestamp("us", "UTC")),
        (_LOCAL_TIME, pa.timestamp("us")),
    ):
        shaped = pc.fill_null(pc.match_substring_regex(texts, shape), False)
        values, fits = _cast(pc.if_else(shaped, texts, None), wanted)
        use = _mask(shaped) & fits
        seconds[use] = _filled(_seconds(values), NONE)[use]
        readable = readable | use
    return seconds, given, readable


def _seconds(times: pa.Array) -> pa.Array:
    """Whole seconds since 1970; parts of a second are cut off. A time without a zone is UTC."""
    if pa.types.is_integer(times.type):
        return times
    if pa.types.is_date(times.type):
        times = times.cast(pa.timestamp("s"))
    micros = times.cast(pa.timestamp("us", tz=times.type.tz), safe=False).cast(pa.int64())
    whole = np.floor_divide(np.asarray(micros.fill_null(0)), 1_000_000)
    return pa.array(whole, mask=_mask(micros.is_null()))


def _parse_booleans(_: Column, cells: pa.Array) -> tuple[npt.NDArray[Any], Mask, Mask]:
    if not pa.types.is_boolean(cells.type):
        cells, given = _texts(cells)
        words = pc.utf8_lower(pc.utf8_trim_whitespace(cells))
        yes, no = (_mask(pc.is_in(words, pa.array(values))) for values in (_TRUE, _FALSE))
    else:
        given = _mask(cells.is_valid())
        yes = _mask(cells.fill_null(False))
        no = given & ~yes
    return np.where(yes, 1, np.where(no, 0, -1)).astype(np.int8), given, yes | no | ~given


def _parse_choices(column: Column, cells: pa.Array) -> tuple[npt.NDArray[Any], Mask, Mask]:
    cells, given = _texts(cells)
    place = pc.index_in(pc.utf8_trim_whitespace(cells), pa.array(column.choices))
    codes = np.asarray(place.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int8)
    return codes, given, (codes >= 0) | ~given


def _filled(values: pa.Array, absent: float) -> npt.NDArray[Any]:
    if values.null_count:
        values = values.fill_null(pa.scalar(absent, values.type))
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _cast(values: pa.Array, wanted: pa.DataType) -> tuple[pa.Array, Mask]:
    """Cast what can be cast, halving what cannot until the single cells at fault are found."""
    try:
        return values.cast(wanted), np.ones(len(values), dtype=bool)
    except pa.ArrowInvalid:
        if len(values) <= 1:
            return pa.nulls(len(values), wanted), np.zeros(len(values), dtype=bool)
    middle = len(values) // 2
    left, left_fits = _cast(values[:middle], wanted)
    right, right_fits = _cast(values[middle:], wanted)
    return pa.concat_arrays([left, right]), np.concatenate([left_fits, right_fits])


_PARSERS = {
    Type.ID: _parse_ids,
    Type.TEXT: _parse_texts,
    Type.LIST: _parse_lists,
    Type.NUMBER: _parse_numbers,
    Type.INTEGER: _parse_integers,
    Type.TIME: _parse_times,
    Type.BOOLEAN: _parse_booleans,
    Type.CHOICE: _parse_choices,
}
