"""Starts everything a demo needs in one go and ends it in one go."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

from accounts import clock
from portal.demo import catcher, clock_file, personas
from portal.demo.seed import seed
from portal.worker.ending import Ending

HOST = "127.0.0.1"
STOP_SECONDS = 10


class Output(Protocol):
    """Where the launcher speaks: the command's stdout."""

    def write(self, msg: str) -> Any: ...

    def flush(self) -> Any: ...


class QuietHandler(WSGIRequestHandler):
    """Logs no addresses: they hold tokens."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet."""


def run(*, port: int, reset: bool, with_worker: bool, out: Output) -> None:
    """Prepare the data, serve until Ctrl-C or SIGTERM, leave nothing running; raises CommandError for a bad port."""
    server = _listen(port)  # first: a taken port must not cost any data
    settings.PORTAL_ORIGIN = f"http://localhost:{port}"
    try:
        with catcher.catching() as (email_url, sms_url):
            settings.EMAIL_URL, settings.SMS_URL = email_url, sms_url
            _prepare(reset=reset, out=out)
            server.set_app(get_wsgi_application())
            environment = {
                **os.environ,
                "EMAIL_URL": email_url,
                "SMS_URL": sms_url,
                "PORTAL_ORIGIN": settings.PORTAL_ORIGIN,
            }
            with _worker(environment, wanted=with_worker):
                _welcome(port, out)
                _serve(server)
    finally:
        server.server_close()


def _listen(port: int) -> ThreadedWSGIServer:
    try:
        return ThreadedWSGIServer((HOST, port), QuietHandler)
    except (OSError, OverflowError) as error:
        raise CommandError(f"Port {port} cannot be used ({error}). Choose another: make demo PORT=8001") from error


def _prepare(*, reset: bool, out: Output) -> None:
    if reset:
        _forget()
    call_command("migrate", verbosity=0, interactive=False)
    if seed(now=clock.now()):
        out.write("Made the sample customers.")


def _forget() -> None:
    connections.close_all()
    database = str(settings.DATABASES["default"]["NAME"])
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(database + suffix):  # noqa: PTH110
            os.remove(database + suffix)  # noqa: PTH107
    clock_file.path().unlink(missing_ok=True)


@contextmanager
def _worker(environment: dict[str, str], *, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, env=environment)
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _serve(server: ThreadedWSGIServer) -> None:
    ending = Ending()
    ending.listen(signal.SIGINT, signal.SIGTERM)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    while not ending.wait(1):
        pass
    server.shutdown()
    thread.join()


def _welcome(port: int, out: Output) -> None:
    base = f"http://localhost:{port}"
    out.write(f"\n{settings.PORTAL_BRAND} is ready. Everybody's password: {personas.PASSWORD}\n")
    for title, address in (
        ("Customers", "/sign-in/"),
        ("Close an account", "/close/"),
        ("Staff console", "/staff/"),
        ("Mails, texts, codes, clock, deposits", "/demo/outbox/"),
        ("API", "/api/docs/"),
    ):
        out.write(f"  {title:42} {base}{address}")
    out.write("")
    for name, about in personas.ABOUT.items():
        out.write(f"  {personas.email_of(name):26} {about}")
    for name, role in personas.STAFF.items():
        out.write(f"  {personas.email_of(name):26} staff, {role.label}")
    out.write("\nCtrl-C ends all.")
    out.flush()
