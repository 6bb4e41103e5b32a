"""The proxy as docs/production.md has it: a real nginx, TLS and all, before the real server.

Skipped where no nginx is installed (Debian: `apt-get install nginx-light`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from survey.ballots import tokens
from survey.database.pool import Database
from survey.headers import COMMON
from survey.settings import PROJECT
from tests.ballots import SEED
from tests.servers import Server, free_port, serving
from tests.tenants import invite

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NAME = "svar.example.no"
BROWSER = "Unmistakable-Browser/77.3"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d (?:[A-Z]+|-) \d{3}")
pytestmark = pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None, reason="no nginx or openssl here"
)


@dataclass
class Proxy:
    """`port`: of TLS. `plain`: of HTTP. `folder`: everything it writes, but its process id."""

    port: int
    plain: int
    folder: Path
    trust: ssl.SSLContext
    process: int

    def client(self) -> httpx.AsyncClient:
        """A tenant's browser that finds svar.example.no here."""
        return httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": NAME, "User-Agent": BROWSER, "Origin": f"https://{NAME}"},
            verify=self.trust,
            timeout=60,
        )

    def raw(self, said: bytes, *, name: str | None = NAME) -> bytes:
        """What comes back on a connection that says this. `name`: that TLS asks for."""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain,
            self.trust.wrap_socket(plain, server_hostname=name) as sealed,
        ):
            sealed.sendall(said)
            return b"".join(iter(lambda: sealed.recv(10_000), b""))

    @property
    def log(self) -> str:
        return (self.folder / "bostemme-tenants.log").read_text()

    def bodies_on_disk(self) -> list[str]:
        """Files with what tenants send: nginx takes away their names at once, and goes on writing."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        held = [os.readlink(held) for child in children for held in Path(f"/proc/{child}/fd").iterdir()]
        assert any("/bostemme-tenants.log" in name for name in held), "its workers are looked at"
        return [name for name in held if "/client_body/" in name]

    def written(self) -> str:
        """All that it wrote, names of files included."""
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return "\n".join(f"{file} {file.read_bytes().decode(errors='replace')}" for file in files)


def _documented() -> str:
    page = (PROJECT / "docs" / "production.md").read_text()
    (found,) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    return str(found)


@contextlib.contextmanager
def proxy(server: Server, folder: Path) -> Iterator[Proxy]:
    """The documented sites as they stand; ports, folders and the certificate are ours."""
    port, plain, wrote = free_port(), free_port(), folder / "wrote"
    wrote.mkdir()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    making = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    making += ["-days", "2", "-subj", f"/CN={NAME}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(making, check=True, capture_output=True)
    sites = _documented()
    for documented, ours in (
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("listen 80 ", f"listen 127.0.0.1:{plain} "),
        ("/var/log/nginx/", f"{wrote}/"),
        ("http://127.0.0.1:8000", server.url),
        ("/opt/bostemme/", f"{PROJECT}/"),
    ):
        assert documented in sites
        sites = sites.replace(documented, ours)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    configured = folder / "nginx.conf"
    configured.write_text(
        f"{'user root;' if os.getuid() == 0 else ''}\ndaemon off;\npid {folder}/pid;\n"
        f"error_log {wrote}/error.log;\n"
        "events {}\nhttp {\n"
        f"access_log {wrote}/access.log;\nssl_certificate {certificate};\nssl_certificate_key {key};\n"
        + "".join(f"{kind}_temp_path {wrote}/{kind};\n" for kind in kinds)
        + sites
        + "}\n"
    )
    command = [str(NGINX), "-e", str(wrote / "error.log"), "-p", str(folder), "-c", str(configured)]
    process = subprocess.Popen(command, start_new_session=True)
    trust = ssl.create_default_context(cafile=str(certificate))
    trust.check_hostname = False
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, (wrote / "error.log").read_text()
            time.sleep(0.1)
        yield Proxy(port, plain, wrote, trust, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


@contextlib.contextmanager
def served(database_url: str, folder: Path) -> Iterator[tuple[Server, Proxy]]:
    with serving(database_url, folder, base_url=f"https://{NAME}") as server:
        (folder / "nginx").mkdir()
        with proxy(server, folder / "nginx") as before:
            yield server, before


async def test_a_tenant_answers_through_the_documented_proxy_and_its_log_has_hour_method_and_status(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with served(database_url, tmp_path) as (server, before):
        invited = await invite(database, server.settings.secret_key, tenants=2)
        async with before.client() as client:
            first = await client.get(invited.link)
            assert first.status_code == 200
            for name, value in COMMON.items():
                assert first.headers[name] == value
            assert first.headers["Strict-Transport-Security"].startswith("max-age=31536000")
            begun = await client.post(invited.link, data={"sprak": "nb"})
            assert begun.status_code in (302, 303) and "svar.example.no:" not in begun.headers["Location"]
            cookie = begun.headers["Set-Cookie"]
            assert "Secure" in cookie and "HttpOnly" in cookie
            client.cookies.clear()
            kept = {"Cookie": cookie.partition(";")[0]}
            fields = {"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"}
            for path, data in (
                (f"{invited.link}/side/hjem", fields),
                (f"{invited.link}/send", {"fro": SEED}),
            ):
                answer = await client.post(path, data=data, headers=kept)
                assert answer.status_code < 400
            receipt = tokens.receipt(server.settings.secret_key, invited.token, SEED)
            looked = await client.post("/kvittering", data={"kvittering": receipt})
            assert looked.status_code == 200 and BROWSER not in looked.text
        async with database.owner() as connection:
            assert await connection.fetchval("select count(*) from ballots.box") == 1
        lines = before.log.splitlines()
        assert len(lines) == 5 and all(LINE.fullmatch(line) for line in lines)
        written = before.written()
    for words in (invited.token, receipt, BROWSER, "127.0.0.1", "/s/", "kvittering"):
        assert words not in written


async def test_what_is_wrong_with_a_request_is_answered_and_not_written_down(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Too large, too long, no HTTP, another host's name or none, in the clear, and a server that is away."""
    with served(database_url, tmp_path) as (server, before):
        invited = await invite(database, server.settings.secret_key)
        link = invited.link
        async with before.client() as client:
            body = b"bolig_hjem=4&fri=" + b"x" * 300_000
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            too_large = await client.post(f"{link}/side/hjem", content=body, headers=kind)
            assert too_large.status_code == 413
            assert (await client.get(f"{link}/{'x' * 9000}")).status_code == 414
            assert (await client.get(link, headers={"X-Long": f"{link}{'x' * 40_000}"})).status_code == 400
            elsewhere = await client.get(link, headers={"Host": "198.51.100.7"})
            assert elsewhere.status_code < 500
        get = f"GET {link} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
        assert b" 200 " in before.raw(get, name=None), "a telephone that names nobody when it calls"
        assert b" 400 " in before.raw(b"GET " + link.encode() + b" HTTP/1.1\r\nHost: a b\r\n\r\n")
        assert b" 400 " in before.raw(link.encode() + b"\r\n\r\n")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{before.plain}", timeout=120) as client:
            for host in (NAME, "198.51.100.7"):
                moved = await client.get(link, headers={"Host": host})
                assert (moved.status_code, moved.headers["Location"]) == (301, f"https://{NAME}{link}")
        for unread in (b"/s/%ff%00", b"/%00", link.encode() + b"%00", b"/s/" + b"x" * 9000):
            said = before.raw(
                b"GET " + unread + b" HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n"
            ).decode()
            assert re.match(r"HTTP/1.1 (400|414) ", said) and "nginx</center>" not in said
            for words in ("Lenken kan ikke leses", "Lenkja kan ikkje lesast", "The link cannot be read"):
                assert words in said
            assert 'lang="ti"' in said and invited.token not in said
        server.kill()
        async with before.client() as client:
            for away in (await client.get(link), await client.post(f"{link}/send", data={"fro": SEED})):
                assert away.status_code == 502 and away.headers["Retry-After"] == "60"
                assert away.headers["Content-Type"] == "text/html; charset=utf-8"
                for name in ("Cache-Control", "Referrer-Policy"):
                    assert away.headers[name] == COMMON[name]
                for words in ("Prøv igjen om et minutt", "Prøv igjen om eit minutt", "Try again in a minute"):
                    assert words in away.text
                assert "confirmed as sent are safely stored" in away.text and "nginx" not in away.text
                assert not re.search(r"https?:|src=|url\(", away.text), "it asks nobody for anything"
            assert (await client.get("/bostemme-away")).status_code == 404, "and is no page of its own"
        for line in before.log.splitlines():
            assert LINE.fullmatch(line), line
        assert invited.token not in before.written()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="open files are read from /proc")
async def test_no_answer_lies_on_the_disk_of_the_proxy_while_it_comes(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """A slow telephone sends 200 kB: by itself nginx puts what it has so far into a file."""
    with served(database_url, tmp_path) as (server, before):
        invited = await invite(database, server.settings.secret_key)
        head = (
            f"POST {invited.link}/side/hjem HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 200000\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        with (
            socket.create_connection(("127.0.0.1", before.port)) as plain,
            before.trust.wrap_socket(plain, server_hostname=NAME) as slow,
        ):
            slow.sendall(head.encode() + b"fri=" + b"hemmelig" * 20_000)
            for _ in range(20):  # the rest does not come
                assert not before.bodies_on_disk()
                await asyncio.sleep(0.05)
