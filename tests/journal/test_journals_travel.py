"""A journal leaves as CSV, JSON or Parquet and comes back the same; no cell of it is a formula."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.journal import sheets
from apps.journal.importing import import_reads
from apps.journal.models import LONGEST_NOTE, Read
from apps.journal.rows import COLUMNS, LATER, read_of, row_of
from apps.journal.services import get_reads_for
from apps.journal.transfer_views import FILES
from apps.markets.tables import CONTENT_TYPES, BadFile

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'", "''=")

texts = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60
) | st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text("a1(;,\"'\r\n=", max_size=12))
prices = st.floats(1, 1e12, allow_nan=False)
maybe = st.none() | st.floats(-1e12, 1e12, allow_nan=False)
instants = st.integers(0, 1 << 46)
reads = st.builds(
    Read,
    public=st.uuids(version=4), at_ms=instants, market=st.sampled_from(["btc", "eth"]),
    base=st.sampled_from(["BTC", "=BTC"]), venue=st.sampled_from(["", "binance"]), source=texts,
    feed=st.sampled_from(["", "live", "replay"]), is_later=st.booleans(),
    kind=st.sampled_from(Read.Kind.values), side=st.sampled_from(Read.Side.values),
    low=st.just(1e-9), high=prices, price=prices, usd=maybe, share=maybe,
    next_price=st.none() | prices, chance=maybe, fresh=maybe, unrest=maybe, trend=maybe,
    horizon_ms=st.integers(1, 1 << 46), note=texts,
    entry=st.none() | prices, stop=st.none() | st.just(0.5),
    target=st.none() | prices, size_usd=maybe,
    frozen=st.dictionaries(st.text("abc", max_size=3), maybe | st.text("=é", max_size=4)),
    state=st.sampled_from(Read.State.values), reached_ms=st.none() | instants,
    liquidated_usd=maybe, overshoot=maybe, ran_on_ms=st.none() | instants,
    plan_state=st.sampled_from(Read.PlanState.values), mae=maybe, mfe=maybe, result_r=maybe,
    covered_ms=instants, by_mark=st.booleans(), is_gapped=st.booleans(), is_final=st.booleans(),
    said_state=st.sampled_from(["", "reached", "missed"]), said_why=texts, said_overshoot=maybe,
    said_ran_on=st.sampled_from(["", "yes", "no"]), said_liquidated_usd=maybe, said_r=maybe,
)  # fmt: skip


@pytest.mark.parametrize("kind", CONTENT_TYPES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(journal=st.lists(reads, max_size=4))
def test_what_was_written_is_read_again_as_it_was(kind: str, journal: list[Read]):
    data = sheets.written(journal, kind)
    again = [read_of(row, User()) for row in sheets.rows_in(data)]
    assert [row_of(read) for read in again] == [row_of(read) for read in journal]
    assert sheets.written(again, kind) == data


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(read=reads)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(read: Read):
    sheet = csv.reader(io.StringIO(sheets.written([read], "csv").decode(), newline=""))
    cells = dict(zip(*sheet, strict=True))
    numbers = {name for name, value in row_of(read).items() if type(value) in (int, float)}
    for name, cell in cells.items():
        if name in numbers:
            assert float(cell) == getattr(read, name)
        else:
            assert not cell.startswith(BEGINNINGS[:-2])


def test_every_text_stands_in_quotes_so_that_no_other_separator_splits_it(db, user):
    read = Read(user=user, at_ms=1, market="btc", base="BTC", kind="magnet", side="long",
                low=1, high=2, price=3, note="a;=1+1\t=2")  # fmt: skip
    assert '"a;=1+1\t=2"' in sheets.written([read], "csv").decode()


def test_a_file_from_before_the_newer_columns_still_comes_in(db, user, log):
    log(note="old")
    rows = json.loads(sheets.written(get_reads_for(user), "json"))["reads"]
    old = [{name: value for name, value in row.items() if name not in LATER} for row in rows]
    files = {
        "json": json.dumps({"embermap_reads": 1, "reads": old}).encode(),
        "csv": without_columns(sheets.written(get_reads_for(user), "csv")),
        "parquet": parquet_without_columns(sheets.written(get_reads_for(user), "parquet")),
    }
    for data in files.values():
        Read.objects.all().delete()
        assert import_reads(user=user, data=data).added == 1
        read = get_reads_for(user).get()
        assert (read.note, read.unrest, read.said_ran_on) == ("old", None, "")


def without_columns(data: bytes) -> bytes:
    sheet = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    out = io.StringIO(newline="")
    names = [name for name in sheet[0] if name not in LATER]
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(sheet)
    return out.getvalue().encode()


def parquet_without_columns(data: bytes) -> bytes:
    out = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(data)).drop_columns(list(LATER)), out)
    return out.getvalue()


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_export_deletion_and_import_give_the_same_journal(log, signed_in, user, kind):
    log(note="=HYPERLINK(1)")
    log(kind="none", away=0.01, entry=60_000.0, stop=59_000.0)
    data = signed_in.get(reverse(f"journal-{kind}")).content
    before = [row_of(read) for read in get_reads_for(user)]
    Read.objects.all().delete()
    for _ in range(2):
        file = SimpleUploadedFile(f"mine.{kind}", data)
        assert signed_in.post(reverse("journal-files"), {"file": file}).status_code == 302
    assert [row_of(read) for read in get_reads_for(user)] == before
    assert signed_in.get(reverse(f"journal-{kind}")).content == data


def test_charlie_may_import_alices_file_and_neither_touches_the_other(log, user, other_user):
    read = log()
    data = sheets.written(get_reads_for(user), "json")
    assert import_reads(user=other_user, data=data).added == 1
    get_reads_for(other_user).update(note="charlie was here")
    read.refresh_from_db()
    assert (read.user, read.note) == (user, "")


def changed(**values: object) -> bytes:
    """A JSON file of one read with some cells replaced."""
    row = row_of(Read(at_ms=1, market="btc", base="BTC", kind="magnet", side="long",
                      low=1, high=2, price=3))  # fmt: skip
    return json.dumps({"embermap_reads": 1, "reads": [row | values]}).encode()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe\x00", b"{", b"{}", b"[]", b"PAR1 no", b"a,b\r\n1,2\r\n",
     b'{"embermap_reads": 2, "reads": []}', b'{"embermap_reads": 1, "reads": [1]}',
     b'{"embermap_reads": 1, "reads": [{}]}', b'{"embermap_reads": 1, "reads": ' + b"[" * 20_000,
     changed(low="x"), changed(low=float("nan")), changed(price="1e999"), changed(at_ms=-1),
     changed(at_ms=1.5), changed(at_ms=True), changed(side="up"), changed(kind=[]),
     changed(frozen="[]"), changed(frozen={"a": "x" * 100_001}), changed(note="\x00"),
     changed(note="x" * (LONGEST_NOTE + 1)), changed(public="1"), changed(high=0.5),
     changed(is_final="maybe"), changed(market="../x"), changed(at_ms=10**400),
     changed(at_ms=1 << 50), changed(entry=0), changed(entry=2, stop=2),
     changed(low=1e300, high=1e301), changed(note="\ud800"), changed(frozen={"a": "\ud800"})],
)  # fmt: skip
def test_a_file_that_is_no_journal_is_refused_whole(db, user, data):
    refused = False
    try:
        import_reads(user=user, data=data)
    except BadFile as error:
        refused = bool(str(error))
    assert refused or data in (b"", b"[]")
    assert not Read.objects.exists()


def test_one_bad_read_keeps_all_out_and_is_named(db, signed_in):
    good, bad = changed(), changed(low="x")
    rows = [json.loads(data)["reads"][0] for data in (good, bad)]
    file = SimpleUploadedFile("a.json", json.dumps({"embermap_reads": 1, "reads": rows}).encode())
    page = signed_in.post(reverse("journal-files"), {"file": file}).content.decode()
    assert "Read 2" in page
    assert not Read.objects.exists()


def test_a_parquet_file_of_too_many_rows_is_refused_before_it_is_unpacked(db, user):
    out = io.BytesIO()
    pq.write_table(pa.table({name: [""] * 10_001 for name in COLUMNS}), out)
    with pytest.raises(BadFile):
        import_reads(user=user, data=out.getvalue())


def test_files_are_for_their_owner(db):
    for kind in CONTENT_TYPES:
        assert Client().get(reverse(f"journal-{kind}")).status_code == 302


def test_who_asks_for_many_files_at_once_has_to_wait(signed_in, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    reads_csv = reverse("journal-csv")
    assert {signed_in.get(reads_csv).status_code for _ in range(FILES.most)} == {200}
    assert signed_in.get(reads_csv).status_code == 429
    assert signed_in.get(reverse("trades-json")).status_code == 429
