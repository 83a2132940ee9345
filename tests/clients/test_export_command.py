"""``manage.py export_portfolio``: a folder, a zip or a workbook on this machine."""

import stat

import pytest
from django.core.management import CommandError, call_command

from clients.queries import portfolio
from spm.models import AuditEvent
from tests.clients.imported import take_in
from tests.clients.portfolio_files import portfolio as sound
from tests.clients.portfolio_files import write_csv
from tests.clients.test_export_round_trip import untouched

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(tmp_path):
    take_in(write_csv(tmp_path / "in", sound()))


@pytest.mark.parametrize(
    ("target", "form", "made"),
    [
        ("out", None, "out"),
        ("out", "csv", "out"),
        ("new/deep.ZIP", None, "new/deep.ZIP"),
        ("out.xlsx", None, "out.xlsx"),
        ("out", "xlsx", "out/portfolio.xlsx"),
    ],
)
def test_it_writes_what_an_import_takes_in(records, tmp_path, capsys, target, form, made):
    call_command("export_portfolio", tmp_path / target, **({"format": form} if form else {}))

    assert untouched(take_in(tmp_path / made))
    assert capsys.readouterr().out.split()[:6] == ["offices", "3", "products", "2", "officers", "1"]
    line = AuditEvent.objects.get(verb="exported")
    assert (line.target, line.by, line.details["rows"]["clients"]) == ("clients:portfolio-export", None, 3)
    files = [file for file in tmp_path.joinpath(target.partition("/")[0]).rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} <= {0o600}
    assert list(tmp_path.rglob(".portfolio-*")) == []


def test_an_older_export_is_replaced_and_other_files_stay(records, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "clients.csv").write_text("older")
    (out / "notes.txt").write_text("mine")
    call_command("export_portfolio", out, verbosity=0)
    assert untouched(take_in(out))
    assert (out / "notes.txt").read_text() == "mine"


def test_what_cannot_be_written_is_said_and_leaves_no_file(records, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="Nothing can be written to"):
        call_command("export_portfolio", tmp_path / "file" / "out")
    with pytest.raises(CommandError, match="not into a workbook"):
        call_command("export_portfolio", tmp_path / "out.xlsx", format="csv")
    monkeypatch.setattr(portfolio, "SHEET_ROWS", 2)
    with pytest.raises(CommandError, match="these have more: offices, clients, loans"):
        call_command("export_portfolio", tmp_path / "out.xlsx")
    assert {path.name for path in tmp_path.iterdir()} == {"in", "file"}
    assert not AuditEvent.objects.filter(verb="exported").exists()
