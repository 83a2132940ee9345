import pytest

from tools import chromium

SHELL_ORDERED = (
    "-q -o Acquire::Retries=0 -o Acquire::http::Timeout=10 install -y --no-install-recommends"
    " chromium-headless-shell"
)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose path holds only what the test puts there; returns a way to put a program there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)

    def put(name, text="#!/bin/sh\n"):
        program = tmp_path / name
        program.write_text(text)
        program.chmod(0o755)
        return str(program)

    return put


def test_chromium_is_found_on_the_path(machine):
    wanted = machine("chromium")
    assert chromium.find() == wanted


def test_the_chromium_named_in_the_environment_comes_first(machine, monkeypatch):
    machine("chromium")
    named = machine("other-browser")
    monkeypatch.setenv("CHROMIUM", named)
    assert chromium.find() == named


def test_pages_are_looked_at_with_the_headless_shell_of_debian_where_it_is_installed(machine, monkeypatch):
    whole = machine("chromium")
    assert chromium.find_shell() == whole
    shell = machine("chromium-headless-shell")
    assert (chromium.find(), chromium.find_shell()) == (whole, shell)
    named = machine("other-browser")
    monkeypatch.setenv("CHROMIUM", named)
    assert chromium.find_shell() == named


def test_its_path_is_printed(machine, capsys):
    wanted = machine("chromium")
    assert chromium.main([]) == 0
    assert capsys.readouterr().out == f"{wanted}\n"


def test_root_on_debian_gets_the_package(machine, tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    made = f"/bin/touch {tmp_path}/chromium; /bin/chmod +x {tmp_path}/chromium"
    machine("apt-get", f'#!/bin/sh\n/bin/echo "$@" >> {tmp_path}/orders\n{made}\n')
    assert chromium.main(["--install"]) == 0
    assert (tmp_path / "orders").read_text().splitlines() == [
        "-q update",
        "-q install -y --no-install-recommends chromium",
        SHELL_ORDERED,
    ]


def test_root_with_debians_chromium_gets_its_headless_shell_too(machine, tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    machine("chromium")
    machine("apt-get", f'#!/bin/sh\n/bin/echo "$@" >> {tmp_path}/orders\nexit 100\n')
    assert chromium.main(["--install"]) == 0
    machine("chromium-headless-shell")
    assert chromium.main(["--install"]) == 0
    assert (tmp_path / "orders").read_text().splitlines() == [SHELL_ORDERED]


def test_nothing_is_installed_unasked(machine, tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    machine("apt-get", f"#!/bin/sh\n/bin/touch {tmp_path}/orders\n")
    assert chromium.main([]) == 1
    assert not (tmp_path / "orders").exists()


def test_others_are_told_in_one_line_what_to_install_and_the_run_fails(machine, monkeypatch, capsys):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    machine("apt-get", "#!/bin/sh\nexit 100\n")
    assert chromium.main(["--install"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"{chromium.ADVICE}\n")
    assert "apt-get install chromium" in chromium.ADVICE
