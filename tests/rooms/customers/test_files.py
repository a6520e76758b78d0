"""CSV files as people send them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.customers.imports.columns import Attributes, check_mapping, suggest
from survey_app.customers.imports.files import FileError, Line, Traits, encoding_of, open_sheet
from survey_app.web.csv_cells import guarded, unguarded

HEAD = "Number,Name,Mail\n"


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def read(content: bytes, encoding: str | None = None) -> list[Line]:
    return list(open_sheet(content, encoding or encoding_of(content) or "cp1252").lines())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_file_reads_alike(separator: str, end: str, encoding: str) -> None:
    rows = [["Number", "Name", "Mail"], ["1", "Nguyễn, Ánh; Ms", "a@example.org"], ["2", f"two{end}lines", ""]]
    text = end.join(separator.join(f'"{cell}"' for cell in row) for row in rows)

    lines = read(text.encode(encoding))

    assert [line.cells for line in lines] == rows[1:]
    assert [line.number for line in lines] == [2, 3]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@settings(deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3).filter(lambda row: any(c.strip() for c in row)), max_size=8),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_no_cell_is_lost_or_shifted(rows: list[list[str]], separator: str, end: str) -> None:
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])

    lines = read(written.getvalue().encode())

    assert [line.cells for line in lines] == rows
    assert all(line.problem is None for line in lines)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,Anna", "This row has 2 cells, but there are 3 columns."),
        ("1,Anna,a@example.org,more", "This row has 4 cells, but there are 3 columns."),
        ('1,"Anna" B,a@example.org', "A quotation mark in this line"),
        ("1,An\0na,a@example.org", "has a NUL character"),
        (f"1,{'x' * 1_000_000},a@example.org", "more than 10000 characters"),
        (f'1,"{"x," * 500_000}",a@example.org', "more than 10000 characters"),
    ],
)
def test_a_bad_row_is_refused_by_itself(row: str, words: str) -> None:
    lines = read(f"{HEAD}{row}\n2,Bình,b@example.org\n".encode())

    assert words in str(lines[0].problem)
    assert lines[1] == Line(3, ["2", "Bình", "b@example.org"])


def test_a_quotation_mark_that_never_closes_takes_no_other_row_with_it_unsaid() -> None:
    lines = read(f'{HEAD}1,"Anna,a@example.org\n2,Bình,b@example.org\n'.encode())

    assert [line.number for line in lines] == [2, 3]
    assert "quotation mark" in str(lines[0].problem)
    assert lines[1] == Line(3, ["2", "Bình", "b@example.org"])


def test_a_file_that_is_too_large_is_refused_while_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey_app.customers.imports.files.LARGEST_FILE", 2 * 1024 * 1024)
    traits = Traits()
    traits.add(b"a,b\n" * 500_000)

    with pytest.raises(FileError, match="at most 2 MB"):
        traits.add(b"1,2\n" * 500_000)


def test_a_file_cut_off_in_the_middle_of_a_letter_keeps_its_other_rows() -> None:
    lines = read(f"{HEAD}1,Anna,a@example.org\n2,Bình,b@example.org\n3,Á".encode()[:-1])

    assert [line.problem is None for line in lines] == [True, True, False]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"PK\x03\x04...", "save it as CSV"),
        (b"%PDF-1.7", "save it as CSV"),
        (b"a,b,a\n1,2,3", "Two columns are named a"),
        ("a,b\n1,2".encode("utf-16-le"), "not a text file"),
        (b"\xd0\xcf\x11\xe0 old workbook", "save it as CSV"),
        (b'a,"b\n1,2', "never closed"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(FileError, match=words):
        read(content)


@pytest.mark.parametrize("encoding", ["cp1252", "cp1258"])
def test_an_old_encoding_is_asked_for_and_never_guessed(encoding: str) -> None:
    content = f"{HEAD}1,José,j@example.org".encode(encoding)

    assert encoding_of(content) is None
    assert read(content, encoding)[0].cells[1] == "José"


def test_column_names_suggest_what_they_are() -> None:
    headers = ["Mã khách hàng", "Họ tên", "E-Mail", "Số điện thoại", "Branch", "password", "role", "id", "consent"]

    suggested = suggest(headers, "customers", Attributes({"branch": "Branch"}), {})

    assert list(suggested.values()) == ["number", "name", "email", "phone", "attribute:branch", "", "", "", ""]


def test_what_was_chosen_last_time_is_suggested_again() -> None:
    assert suggest(["X", "Mail"], "customers", Attributes(), {"X": "number", "Mail": "gone"}) == {
        "X": "number",
        "Mail": "",
    }


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"Nr": "number"}, "names the column Nr, which the file does not have"),
        ({"Number": "role"}, "cannot become role"),
        ({"Number": "owner_id", "Mail": "email"}, "cannot become owner_id"),
        ({"Number": "consent", "Mail": "email"}, "cannot become consent"),
        ({"Number": "email", "Mail": "email"}, "Two columns cannot both become Mail address"),
        ({"Name": "name"}, "customer number or the mail address"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_in_words(mapping: dict[str, str], words: str) -> None:
    assert words in " ".join(check_mapping(mapping, ["Number", "Name", "Mail"], "customers", Attributes()))


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-x", "@x", "\t=1", "\r", " =1", "\u200b=1", "\uff1d1", "\uff0b1"])
def test_a_cell_that_a_spreadsheet_would_run_is_guarded_and_comes_back(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["Anna", "1 - 2", "'quoted'", "", "a=b"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


def test_numbers_stay_numbers() -> None:
    assert guarded(-3.5) == "-3.5"
