"""Files on web servers, range by range."""

from __future__ import annotations

import http.client
import re
import threading
import time
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from typing import IO

from . import _core
from .errors import FileChangedError, FileDamagedError, InputNotFoundError, MrczError, SystemFailedError, warn
from .patient_socket import PatientHTTPConnection, PatientHTTPSConnection, require_wanted

# What the library reads first of any file.
_HEAD_BYTES = 256 << 10
_TIMEOUT_SECONDS = 60
_ATTEMPTS = 3
_MOST_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)
# The server says that it may work out next time.
_PASSING = (429, 500, 502, 503, 504)


class _Cut(Exception):
    """A connection ended before its answer did."""


class WebFile:
    """Bytes behind an ``http://`` or ``https://`` address. Connections are kept between requests, one for each thread
    that reads at the same time.

    Attributes
    ----------
    size : int
    version : str or None
        What tells this content from another: the server's ETag, or when it was changed.
    """

    def __init__(self, address: str) -> None:
        self.name = address
        self._address = address
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()
        self._validator: str | None = None
        self._whole: IO[bytes] | None = None
        self.version: str | None = None
        self._head = b""
        self.size = 0
        self._attempts(self._fetch_head)

    def read_into(self, offset: int, view: memoryview) -> None:
        if offset + len(view) > self.size:
            raise FileDamagedError(f"offset {offset:#x}: needs {len(view)} bytes, but the file ends at {self.size:#x}",
                                   "truncated", self.name)
        if offset + len(view) <= len(self._head):
            view[:] = self._head[offset : offset + len(view)]
        elif self._whole is not None:
            with self._lock:
                self._whole.seek(offset)
                view[:] = self._whole.read(len(view))
        else:
            self._attempts(lambda: self._fetch(offset, view))

    def _attempts(self, fetch: Callable[[], None]) -> None:
        for attempt in range(_ATTEMPTS):
            require_wanted()
            try:
                fetch()
                return
            except MrczError:
                raise
            except (_Cut, OSError, http.client.HTTPException) as error:
                if attempt + 1 == _ATTEMPTS:
                    raise SystemFailedError(f"{error or type(error).__name__} (tried {_ATTEMPTS} times)", "io_failed",
                                            self.name) from error
                time.sleep(0.1 * 4**attempt)

    # Answers

    def _fetch_head(self) -> None:
        connection, answer = self._request(0, _HEAD_BYTES)
        try:
            if answer.status == 416:  # no byte there: an empty file
                answer.read()
            elif answer.status == 206:
                self.size = _total_of(answer, 0, self.name)
                self._head = self._body(answer, min(self.size, _HEAD_BYTES))
            else:
                self._spool(answer)
            self._remember(answer)
        finally:
            self._give_back(connection, answer)

    def _remember(self, answer: http.client.HTTPResponse) -> None:
        self.version = self._version_of(answer)
        # A weak ETag may not stand in If-Range.
        self._validator = None if self.version is None or self.version.startswith("W/") else self.version

    @staticmethod
    def _version_of(answer: http.client.HTTPResponse) -> str | None:
        return answer.getheader("ETag") or answer.getheader("Last-Modified")

    def _fetch(self, offset: int, view: memoryview) -> None:
        connection, answer = self._request(offset, len(view))
        try:
            if answer.status != 206 or self._version_of(answer) != self.version:
                self._fail_changed()
            if _total_of(answer, offset, self.name) != self.size:
                self._fail_changed()
            view[:] = self._body(answer, len(view))
        finally:
            self._give_back(connection, answer)

    def _fail_changed(self) -> None:
        raise FileChangedError("changed on the server since it was opened: open it again", "corrupt", self.name)

    def _body(self, answer: http.client.HTTPResponse, expected: int) -> bytes:
        try:
            body = answer.read()
        except http.client.IncompleteRead as error:
            body = error.partial
        if len(body) != expected:
            raise _Cut(f"the connection ended after {len(body)} of {expected} bytes")
        return body

    def _spool(self, answer: http.client.HTTPResponse) -> None:
        """A server that knows no ranges sends the whole file at once."""
        import shutil
        import tempfile

        size = answer.getheader("Content-Length")
        warn(f"{self.name}: the server gives no parts of files, so that all of it is fetched"
             f"{f' ({int(size):,} bytes)' if size else ''}")
        self._whole = tempfile.TemporaryFile(prefix="mrcz-")
        shutil.copyfileobj(answer, self._whole, 1 << 20)
        self.size = self._whole.tell()
        if size is not None and self.size != int(size):
            raise _Cut(f"the connection ended after {self.size} of {size} bytes")

    # Requests

    def _request(self, offset: int, count: int) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        headers = {"Range": f"bytes={offset}-{offset + count - 1}", "Accept-Encoding": "identity",
                   "User-Agent": f"mrcz/{_core.version}"}
        if self._validator is not None:
            headers["If-Range"] = self._validator
        for _ in range(_MOST_REDIRECTS):
            connection, answer = self._ask(headers)
            if answer.status not in _REDIRECTS:
                self._require_success(connection, answer)
                return connection, answer
            target = answer.getheader("Location")
            connection.close()
            if not target:
                raise SystemFailedError(f"the server answers {answer.status} and does not say where the file is",
                                        "io_failed", self.name)
            self._move(urllib.parse.urljoin(self._address, target))
        raise SystemFailedError(f"more than {_MOST_REDIRECTS} redirections", "io_failed", self.name)

    def _move(self, address: str) -> None:
        if not address.lower().startswith(("http://", "https://")):
            raise SystemFailedError(f"redirected to {address}, which is no web address", "io_failed", self.name)
        with self._lock:
            self._address = address
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _ask(self, headers: dict[str, str]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """A connection that was idle may be gone by now; a new one then stands in for it."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
                address = self._address
            is_new = connection is None
            place = _Place(address)
            connection = connection or place.connect()
            try:
                connection.request("GET", place.target, headers={**headers, **place.headers})
                return connection, connection.getresponse()
            except (OSError, http.client.HTTPException):
                connection.close()
                if is_new:
                    raise

    def _require_success(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
        if answer.status in (200, 206, 416):
            return
        connection.close()
        told = f"the server answers {answer.status} {answer.reason}"
        if answer.status in (404, 410):
            raise InputNotFoundError(told, "not_found", self.name)
        if answer.status in _PASSING:
            raise _Cut(told)
        raise SystemFailedError(told, "io_failed", self.name)

    def _give_back(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> None:
        if answer.isclosed() and not answer.will_close:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()

    def __del__(self) -> None:
        for connection in getattr(self, "_idle", ()):
            connection.close()
        whole = getattr(self, "_whole", None)
        if whole is not None:
            whole.close()


class _Place:
    """Where an address leads: by way of the proxy that the environment names."""

    def __init__(self, address: str) -> None:
        self._parts = urllib.parse.urlsplit(address)
        proxy = urllib.request.getproxies().get(self._parts.scheme)
        host = self._parts.hostname or ""
        self._proxy = None if proxy is None or urllib.request.proxy_bypass(host) else urllib.parse.urlsplit(proxy)
        path = urllib.parse.quote(self._parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        self.target = path + (f"?{self._parts.query}" if self._parts.query else "")
        self.headers = _authorization("Authorization", self._parts)
        if self._proxy is not None and self._parts.scheme == "http":
            self.target = f"http://{self._parts.netloc.rpartition('@')[2]}{self.target}"
            self.headers.update(_authorization("Proxy-Authorization", self._proxy))

    def connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        is_secure = self._parts.scheme == "https"
        kind = PatientHTTPSConnection if is_secure else PatientHTTPConnection
        if self._proxy is None:
            return kind(host, port, timeout=_TIMEOUT_SECONDS)
        connection = kind(self._proxy.hostname or "", self._proxy.port, timeout=_TIMEOUT_SECONDS)
        if is_secure:
            connection.set_tunnel(host, port, _authorization("Proxy-Authorization", self._proxy))
        return connection


def _authorization(header: str, parts: urllib.parse.SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    name, password = urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or "")
    return {header: "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def _total_of(answer: http.client.HTTPResponse, offset: int, name: str) -> int:
    """Bytes of the whole file, from Content-Range."""
    told = answer.getheader("Content-Range") or ""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", told.strip())
    if found is None or int(found[1]) != offset:
        raise SystemFailedError(f"the server's answer to a request of bytes from {offset} on says Content-Range: "
                                f"{told!r}", "io_failed", name)
    return int(found[3])
