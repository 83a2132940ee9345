import sys
import threading

import pytest

from tools import demo


@pytest.fixture
def asked(monkeypatch):
    """What the process is asked to become, in the order in which it is asked."""
    orders = []
    monkeypatch.setattr("sys.argv", ["demo"])
    monkeypatch.setattr("os.execv", lambda program, words: orders.append(("anew", program, words[1:])))
    monkeypatch.setattr(
        demo.WSGIApplication, "run", lambda server: orders.append(("here", server.cfg.address))
    )
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    return orders


def test_the_server_takes_over_the_process_that_has_imported_all(asked):
    demo.serve("127.0.0.1:8123")
    assert asked == [("here", [("127.0.0.1", 8123)])]


def test_a_process_with_threads_starts_anew_because_a_fork_would_lose_them(asked, monkeypatch):
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    demo.serve("127.0.0.1:8123")
    words = ["-m", "gunicorn", *demo.SERVE, "127.0.0.1:8123"]
    assert asked[0] == ("anew", sys.executable, words)


def test_the_address_is_said_before_the_server_starts(asked, capsys):
    demo.serve("127.0.0.1:8123")
    assert capsys.readouterr().out == "Open http://127.0.0.1:8123/ - stop with Ctrl-C.\n"


def test_the_database_is_brought_up_to_date_before_it_is_filled(monkeypatch):
    orders = []
    monkeypatch.setattr(demo, "call_command", lambda *words, **options: orders.append(words))
    monkeypatch.setattr(demo.connections, "close_all", lambda: orders.append("closed"))
    demo.prepare()
    assert orders == [("migrate",), ("seed_demo", "--logins"), "closed"]
