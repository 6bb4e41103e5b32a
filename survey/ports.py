"""Which port to serve on: the usual one if it is free, and never one that another Bostemme is about to use.

A demonstration prints its links half a minute before it listens, and two servers that start together would
both find the port free and share it without noticing (SO_REUSEPORT). So a port is claimed first, by a name
that the kernel gives out once and takes back when the process ends, however it ends.
"""

from __future__ import annotations

import os
import socket
import sys
from urllib.parse import urlsplit

import click

from forms.catalogue import Translate
from survey.settings import SettingsFault

USUAL_PORT = 8000
LOCAL = ("localhost", "127.0.0.1")
LOOPBACK = "127.0.0.1"
HANDED_OVER = "BOSTEMME_CLAIMED_PORT"

_claims: dict[int, socket.socket] = {}


def choose(host: str, asked: int | None, t: Translate) -> int:
    """The port to listen on, ours until this process ends; BOSTEMME_BASE_URL is set to it unless it is set.

    Without a wish and with 8000 busy it is another one, with one line about it. SettingsFault when a port
    that was asked for is busy.
    """
    chosen = os.environ.get("BOSTEMME_BASE_URL")
    port = asked or _local_port(chosen)
    if not _take(host, port):
        if asked or chosen:
            raise SettingsFault("fault.port", port=port)
        port = _any_port(host)
        click.echo(t("cli.port.other", busy=USUAL_PORT, port=port), err=True)
    if chosen is None:
        os.environ["BOSTEMME_BASE_URL"] = f"http://localhost:{port}"
    return port


def elsewhere(base_url: str, port: int) -> bool:
    """Whether this address of the machine itself has another port. One of a proxy has its own."""
    return urlsplit(base_url).hostname in LOCAL and (urlsplit(base_url).port or 80) != port


def reached_at(host: str) -> str:
    """Where this machine itself reaches a server that listens on `host`."""
    return LOOPBACK if host == "0.0.0.0" else host  # noqa: S104, compared


def become_server() -> None:
    """Go on as `bostemme serve` on the chosen port: fresh, but to the kernel the process that claimed it."""
    for port, claim in _claims.items():
        claim.set_inheritable(True)
        os.environ[HANDED_OVER] = str(port)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "survey", "serve"])  # noqa: S606


def _take(host: str, port: int) -> bool:
    if os.environ.pop(HANDED_OVER, "") == str(port) and _is_free(host, port):
        return True  # claimed by this very process before it became the server
    claim = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform == "linux":  # elsewhere there are no names without files, which a kill -9 would leave
            claim.bind(f"\0bostemme {host}:{port}")
    except OSError:
        claim.close()
        return False
    if not _is_free(host, port):
        claim.close()
        return False
    _claims[port] = claim
    return True


def _any_port(host: str) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if _take(host, port):
            return port


def _local_port(url: str | None) -> int:
    parts = urlsplit(url or "")
    return parts.port or USUAL_PORT if parts.hostname in LOCAL else USUAL_PORT


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # As the server will do it: a port that is only cooling off after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
