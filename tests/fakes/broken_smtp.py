"""A mail server that fails as servers do: it refuses, closes, hangs, or takes a mail and never says so."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedRWPair

HOST = "127.0.0.1"
FAULTS = ("refuse_later", "refuse", "drop", "drop_in_data", "hang", "garbage", "take_and_say_nothing")


@dataclass
class BrokenServer:
    """What the server does, and the mails that it read to the end."""

    url: str = ""
    fault: str = "hang"
    taken: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def serve(self, connection: socket.socket) -> None:
        """Hold one conversation."""
        with connection, connection.makefile("rwb") as line:
            if self.fault == "hang":
                self.over.wait()
            elif self.fault == "garbage":
                _say(line, "<html>this is no mail server</html>")
            elif self.fault == "refuse_later":
                _say(line, "421 busy, come back later")
            elif self.fault != "drop":
                self._take(line)

    def _take(self, line: BufferedRWPair) -> None:
        _say(line, "220 ready")
        while command := _hear(line):
            word = command.split(" ")[0].split(":")[0].upper()
            if word == "RCPT" and self.fault == "refuse":
                _say(line, "550 no such user")
            elif word == "DATA":
                if self.fault == "drop_in_data":
                    return
                _say(line, "354 go on")
                self.taken.append("\n".join(iter(lambda: _hear(line), ".")))
                self.over.wait()
                return
            else:
                _say(line, "221 bye" if word == "QUIT" else "250 fine")


def _say(line: BufferedRWPair, text: str) -> None:
    line.write(f"{text}\r\n".encode())
    line.flush()


def _hear(line: BufferedRWPair) -> str:
    return str(line.readline().decode().rstrip("\r\n"))


@contextmanager
def broken_server(fault: str) -> Iterator[BrokenServer]:
    """Run the server on a free port."""
    with socket.create_server((HOST, 0)) as listening:
        server = BrokenServer(url=f"smtp://{HOST}:{listening.getsockname()[1]}", fault=fault)

        def accept() -> None:
            while not server.over.is_set():
                try:
                    connection, _address = listening.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(server, connection), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            listening.shutdown(socket.SHUT_RDWR)


def _quietly(server: BrokenServer, connection: socket.socket) -> None:
    """Serve; a client that hangs up is what these servers are for."""
    try:
        server.serve(connection)
    except OSError:
        return
