"""A mail server of the test's own: it keeps letters, and falls silent when told to."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from typing import NamedTuple

DONE, GO_ON = b"250 done\r\n", b"354 go on\r\n"


class Letter(NamedTuple):
    to: str
    message_id: str


class PostOffice(socketserver.ThreadingTCPServer):
    """Whose ``silent_at``-th letter gets no answer; it is kept all the same, unless ``drops``."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, silent_at: int = 0, drops: bool = False):
        super().__init__(("127.0.0.1", 0), Counter)
        self.letters: list[Letter] = []
        self.silent_at, self.drops = silent_at, drops
        self.received = 0
        self.went_silent, self.over = threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def receive(self, content: bytes) -> bool:
        """Is the sender answered?"""
        self.received += 1
        silent = self.received == self.silent_at
        if not (silent and self.drops):
            letter = message_from_bytes(content)
            self.letters.append(Letter(letter["To"], letter["Message-ID"]))
        return not silent


class Counter(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.strip().upper()
            if word == b"DATA":
                self.wfile.write(GO_ON)
                if not self.server.receive(b"".join(iter(self.rfile.readline, b".\r\n"))):
                    self.server.went_silent.set()
                    self.server.over.wait()
                    return
            self.wfile.write(DONE)
            if word == b"QUIT":
                return


@contextmanager
def post_office(**more):
    with PostOffice(**more) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()
