"""Files as people have them: other encodings, odd delimiters, short rows, giant cells."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.datasets.tables import LARGEST_CELL, FileRefusedError, read_table


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiter_line_end_and_byte_order_mark_make_no_difference(delimiter: str, end: str, mark: str) -> None:
    text = mark + end.join([delimiter.join(["code", "note"]), delimiter.join(["1", '"two\nlines"']), ""])
    table = read_table(text.encode())
    assert table.header == ("code", "note")
    assert table.rows == ((2, {"code": "1", "note": "two\nlines"}),)


def test_rows_of_another_length_are_named_and_never_shifted() -> None:
    table = read_table(b"a,b\n1\n1,2\n1,2,3\n")
    assert [row for _, row in table.rows] == [{"a": "1", "b": "2"}]
    assert [line for line, _ in table.problems] == [2, 4]
    assert "1 cells, the header 2" in table.problems[0][1]


def test_a_giant_cell_refuses_its_row_and_no_other() -> None:
    content = f"a,b\n1,{'x' * (LARGEST_CELL + 1)}\n2,y\n".encode()
    table = read_table(content)
    assert [row["a"] for _, row in table.rows] == ["2"]
    assert str(LARGEST_CELL) in table.problems[0][1]


def test_another_encoding_is_refused_in_words_and_read_when_named() -> None:
    content = "name\nJosé\n".encode("cp1252")
    with pytest.raises(FileRefusedError, match="Save it as UTF-8"):
        read_table(content)
    assert read_table(content, "windows-1252").rows[0][1] == {"name": "José"}


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "must name the columns"), (b"a,a\n1,2\n", "same name: a"), (b'a\n"open\n', "CSV")]
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError, match=words):
        read_table(content)


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(FileRefusedError, match="klingon"):
        read_table(b"a\n1\n", "klingon")


@given(st.lists(st.tuples(st.text(max_size=20), st.text(min_size=1, max_size=20)), max_size=8))
def test_what_was_written_is_what_is_read(rows: list[tuple[str, str]]) -> None:
    clean = [tuple(each.replace("\x00", "").encode("utf-8", "ignore").decode() for each in row) for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *clean])
    table = read_table(text.getvalue().encode())
    assert [tuple(row.values()) for _, row in table.rows] == [row for row in clean if any(row)]
