"""A real HTTP server in the shape of Twilio's message call, which can be told to refuse, hang up or talk nonsense."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

HOST = "127.0.0.1"
RECEIPT = json.dumps({"sid": "SM0123456789abcdef", "status": "queued"}).encode()


@dataclass
class Provider:
    """What the server took, and what it answers."""

    url: str = ""
    status: int = 201
    body: bytes = RECEIPT
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0  # seconds before each byte of the body
    hang_up: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def sms_provider() -> Iterator[Provider]:
    """Run the server on a free port."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            scheme, _space, credentials = self.headers.get("Authorization", "").partition(" ")
            who = base64.b64decode(credentials).decode() if scheme == "Basic" else ""
            provider.calls.append({"path": self.path, "form": form, "who": who})
            if provider.hang_up:
                self.close_connection = True
                return
            self.send_response(provider.status)
            for name, value in provider.headers.items():
                self.send_header(name, value)
            if provider.location:
                self.send_header("Location", provider.location)
            self.send_header("Content-Length", str(len(provider.body)))
            self.end_headers()
            if not provider.pause:
                self.wfile.write(provider.body)
                return
            for byte in provider.body:
                time.sleep(provider.pause)
                with suppress(OSError):
                    self.wfile.write(bytes([byte]))

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    provider.url = f"http://AC1:secret@{HOST}:{server.server_address[1]}?from=%2B15550100"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
