"""What stands between a phone and the server: a network that is there or not, cuts off, or answers itself."""

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CAPTIVE = b"<!doctype html><html><body><form method='post'>Welcome to our network</form></body></html>"
HOP = {"transfer-encoding", "connection", "keep-alive", "content-length"}


class Portal:
    """One address for the phone, whatever is behind it.

    ``mode``: "pass"; "down", nothing answers; "captive", another page with 200 for all; "cut", a form arrives
    and its answer does not; "no forms", an empty form does not arrive, or "slow forms", late; or a status in
    digits that answers each form that is sent.
    """

    def __init__(self, upstream: str):
        self.upstream, self.mode, self.forms = upstream, "pass", 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (Door,), {"portal": self}))
        self.server.daemon_threads = True
        # A browser that leaves before its answer is nothing to tell of.
        self.server.handle_error = lambda *said: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    portal: Portal

    def log_message(self, *said):
        """Nobody reads it."""

    def do_GET(self):
        self.let_through(b"")

    def do_POST(self):
        self.let_through(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def let_through(self, body: bytes) -> None:
        mode = self.portal.mode
        is_form = self.command == "POST" and self.path.startswith("/exits/")
        if mode == "down":
            self.close_connection = True
            return
        if mode == "captive":
            self.answer(200, [("Content-Type", "text/html")], CAPTIVE)
            return
        if is_form and mode.isdigit():
            self.answer(int(mode), [("Content-Type", "text/html")], CAPTIVE)
            return
        if self.command == "GET" and self.path.startswith("/exits/"):
            if mode == "no forms":
                self.close_connection = True
                return
            if mode == "slow forms":
                time.sleep(3)
        status, headers, answer = self.forwarded(body)
        self.portal.forms += is_form
        if is_form and mode == "cut":
            self.close_connection = True
            return
        self.answer(status, headers, answer)

    def forwarded(self, body: bytes):
        behind = http.client.HTTPConnection(urlsplit(self.portal.upstream).netloc, timeout=60)
        behind.request(self.command, self.path, body or None, dict(self.headers))
        came = behind.getresponse()
        headers = [pair for pair in came.getheaders() if pair[0].lower() not in HOP]
        answer = came.read()
        behind.close()
        return came.status, headers, answer

    def answer(self, status: int, headers: list, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
