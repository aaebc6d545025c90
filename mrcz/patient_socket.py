"""Connections whose waiting ends when the work that waits is given up, and which the system's own would not tell of."""

from __future__ import annotations

import http.client
import io
import select
import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

from . import _core
from .errors import CancelledError

_Result = TypeVar("_Result")

# How long Ctrl-C may go unnoticed.
_ATTENTION_SECONDS = 0.2


def require_wanted() -> None:
    """Raises if the work of this thread was given up."""
    if _core.is_cancelled():
        raise CancelledError("cancelled", "cancelled")


def _insisting(act: Callable[[], _Result], seconds: float) -> _Result:
    """What `act` returns, which is tried again when its socket's own short time is over."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except (TimeoutError, socket.timeout):  # the same from Python 3.10 on
            require_wanted()
            if time.monotonic() > end:
                raise TimeoutError(f"no answer within {seconds:g} s") from None


class _Answers(io.RawIOBase):
    """What comes from a socket."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._seconds = seconds
        self._held = connected.makefile("rb", 0)  # keeps it open when the connection is given up before all was read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return _insisting(lambda: self._socket.recv_into(buffer), self._seconds)

    def close(self) -> None:
        self._held.close()
        super().close()


class _PatientSocket:
    """A socket as http.client needs it."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._seconds = seconds

    def sendall(self, data: Any) -> None:
        self._socket.settimeout(self._seconds)
        self._socket.sendall(data)

    def makefile(self, mode: str = "rb", *unused: Any) -> io.BufferedReader:
        self._socket.settimeout(_ATTENTION_SECONDS)
        return io.BufferedReader(_Answers(self._socket, self._seconds))

    def close(self) -> None:
        self._socket.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


def _connected(address: tuple[str, int], seconds: float, unused: Any = None) -> socket.socket:
    """As :func:`socket.create_connection`."""
    failure: OSError | None = None
    for family, kind, protocol, _, place in socket.getaddrinfo(*address, 0, socket.SOCK_STREAM):
        found = socket.socket(family, kind, protocol)
        try:
            found.settimeout(_ATTENTION_SECONDS)
            _connect(found, place, seconds)
            found.settimeout(seconds)
            return found
        except OSError as error:
            found.close()
            failure = error
        except BaseException:
            found.close()
            raise
    raise failure or OSError(f"no address of {address[0]}")


def _connect(new: socket.socket, place: Any, seconds: float) -> None:
    try:
        new.connect(place)
        return
    except (TimeoutError, socket.timeout):
        pass
    writable = select.poll()
    writable.register(new, select.POLLOUT)

    def wait() -> None:
        if not writable.poll(_ATTENTION_SECONDS * 1000):
            raise TimeoutError

    _insisting(wait, seconds)
    number = new.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        import os

        raise OSError(number, os.strerror(number))


class PatientHTTPConnection(http.client.HTTPConnection):
    def __init__(self, host: str, port: int | None, *, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._seconds = timeout
        self._create_connection = _connected

    def connect(self) -> None:
        super().connect()
        self.sock: Any = _PatientSocket(self.sock, self._seconds)


class PatientHTTPSConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, port: int | None, *, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._seconds = timeout
        self._create_connection = _connected

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        tunnel: str | None = self._tunnel_host  # type: ignore[attr-defined]
        secure = self._context.wrap_socket(self.sock, server_hostname=tunnel or self.host,  # type: ignore[attr-defined]
                                           do_handshake_on_connect=False)
        self.sock: Any = secure  # closed with the connection, whatever comes
        secure.settimeout(_ATTENTION_SECONDS)
        _insisting(secure.do_handshake, self._seconds)
        self.sock = _PatientSocket(secure, self._seconds)
