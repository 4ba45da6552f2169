"""A site on this machine alone, by Python's own server: what comes in is checked here.

Its paths begin with a random word, that of the address that is printed: other accounts of the
machine can reach the port, but do not know it.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import hmac
import json
import re
import secrets
import sys
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gan_jax.breeding_site import PAGE, Answer, Refused, Site
from gan_jax.errors import line

HOST = "127.0.0.1"
LARGEST = 2**16
"""Bytes of a request's body."""
PATIENCE = 30
"""Seconds that a connection may be silent."""


def _hashes(tag: str) -> str:
    """What the policy calls the inline scripts, or styles, of the page: nothing else is run."""
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
    digests = (hashlib.sha256(content.encode()).digest() for content in found)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self' data:; connect-src 'self'; "
        f"script-src {_hashes('script')}; style-src {_hashes('style')}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Handler(BaseHTTPRequestHandler):
    """The requests of one connection to a site."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "gan-jax", ""
    timeout = PATIENCE
    error_message_format, error_content_type = "%(message)s\n", "text/plain; charset=utf-8"

    def __init__(self, site: Site, *connection):
        self.site = site
        super().__init__(*connection)

    def answer(self) -> None:
        """Answers one request, or refuses it by one line."""
        try:
            self._check()
            answer = self.site.answer(self.command, self._target(), self._body())
        except Refused as refused:
            content = json.dumps({"error": " ".join(str(refused).split())}).encode()
            answer = Answer(content, status=refused.status, headers=refused.headers)
            self.close_connection = True  # what is left of its body is not read
        self.send_response(answer.status)
        rest = {"Content-Type": answer.kind, "Content-Length": str(len(answer.content))}
        for name, value in (rest | dict(answer.headers)).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer
    do_TRACE = do_CONNECT = answer

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        super().end_headers()

    def log_message(self, *message) -> None:
        """Nothing: the page shows its errors itself."""

    def _check(self) -> None:
        """Refuses what did not come from the page itself, such as by a name that another owns."""
        port = self.server.server_address[1]
        ours = {f"{name}:{port}" for name in (HOST, "localhost")}
        ours |= {HOST, "localhost"} if port == 80 else set()
        hosts, origins = (self.headers.get_all(name, []) for name in ("Host", "Origin"))
        if len(hosts) != 1 or hosts[0] not in ours:
            raise Refused(HTTPStatus.FORBIDDEN, f"Only http://{HOST}:{port}/ is served here.")
        sites = set(self.headers.get_all("Sec-Fetch-Site", []))
        origins = {origin.removeprefix("http://") for origin in origins}
        if not (origins <= ours and sites <= {"same-origin", "none"}):
            raise Refused(HTTPStatus.FORBIDDEN, "Only the page itself may ask.")

    def _target(self) -> str:
        """What is asked for, behind the token."""
        if not self.path.startswith("/"):
            raise Refused(HTTPStatus.BAD_REQUEST, "The target of a request begins with /.")
        given, slash, rest = self.path[1:].partition("/")
        if not slash or not hmac.compare_digest(given.encode(), self.server.token.encode()):
            raise Refused(HTTPStatus.FORBIDDEN, "Open the whole address that gan-jax printed.")
        return f"/{rest}"

    def _body(self) -> bytes:
        lengths = self.headers.get_all("Content-Length", [])
        if self.headers.get("Transfer-Encoding"):
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "A body needs a Content-Length.")
        if self.command != "POST" and lengths in ([], ["0"]):
            return b""
        if not lengths:
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "A body needs a Content-Length.")
        if len(lengths) > 1 or not re.fullmatch("[0-9]{1,18}", lengths[0]):
            raise Refused(HTTPStatus.BAD_REQUEST, "The Content-Length is no number.")
        if int(lengths[0]) > LARGEST:
            said = f"A body has {LARGEST} bytes at most."
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
        if self.headers.get_content_type() != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A body is application/json.")
        return self.rfile.read(int(lengths[0]))


class Server(ThreadingHTTPServer):
    """A thread for each connection; what goes wrong in one is a line."""

    def __init__(self, site: Site, port: int):
        self.token = secrets.token_urlsafe()
        super().__init__((HOST, port), partial(Handler, site))

    @property
    def address(self) -> str:
        """Of the page, with the token."""
        return f"http://{HOST}:{self.server_address[1]}/{self.token}/"

    def handle_error(self, request, client_address) -> None:
        error = sys.exception()
        if not isinstance(error, ConnectionError):  # the browser went away
            print(line(f"the page: {error!r}"), file=sys.stderr)


def server(site: Site, port: int) -> Server:
    """A server of the site that listens on this machine alone; 0 is any free port.

    Raises:
      OSError: the port is in use, or this user's to use.
    """
    try:
        return Server(site, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(f"Port {port} is in use: give another by --port.") from error
        raise


def serve(site: Site, port: int) -> None:
    """Serves until it is interrupted."""
    with server(site, port) as listening:
        print(f"Breed at {listening.address} (Ctrl-C ends it).", flush=True)
        try:
            listening.serve_forever(poll_interval=0.1)
        finally:
            site.batch.acquire()  # never given back: no other batch begins
