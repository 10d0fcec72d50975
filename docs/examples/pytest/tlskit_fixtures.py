"""Test certificates of a tlskit fixture file for pytest.

Put this file beside your tests, and into conftest.py:

    pytest_plugins = ["tlskit_fixtures"]

The first test that needs them runs `tlskit fixtures generate`, once a session; what has not changed stays as it is.

    def test_good(tls_set, tls_server):
        port = tls_server("server")
        with socket.create_connection(("localhost", port)) as raw:
            with tls_set.client_context().wrap_socket(raw, server_hostname=tls_set["server"].host):
                ...

    def test_refuses(refused_entry, tls_server):  # once for each entry that a correct client must refuse
        ...

Settings (pytest.ini, pyproject.toml): `tlskit_file`, the fixture file from the root of the tests (default tlskit.yml);
`tlskit_command` (default: tlskit of PATH, else `npx --no-install tlskit`). The environment variable TLSKIT goes first.
"""

import contextlib
import json
import os
import shlex
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest


class Entry:
    """A certificate of the set, with what manifest.json says of it."""

    def __init__(self, name, folder, described):
        self.name = name
        self.about = described
        self.host = described["host"]
        self.case = described.get("case")
        self._folder = folder

    def __repr__(self):
        return f"<Entry {self.name}>"

    def file(self, *suffixes):
        """The path of the first of these files that the entry has: file("-fullchain.pem", "-cert.pem")."""
        for suffix in suffixes:
            if self.name + suffix in self.about["files"]:
                return self._folder / (self.name + suffix)
        raise LookupError(
            f'the entry "{self.name}" has no file {" or ".join(self.name + one for one in suffixes)}: '
            f"it has {', '.join(self.about['files'])}; see `out` in the fixture file"
        )

    @property
    def key(self):
        return self.file("-key.pem", "-combined.pem")

    @property
    def cert(self):
        return self.file("-cert.pem", "-fullchain.pem", "-combined.pem")

    @property
    def chain(self):
        """What a server sends: the certificate with its intermediates, where the entry is written so."""
        return self.file("-fullchain.pem", "-combined.pem", "-cert.pem")


class TlsSet:
    """The set of a fixture file: a mapping of names to entries."""

    def __init__(self, folder, manifest):
        self.folder = Path(folder)
        self.manifest = manifest
        self._entries = {
            name: Entry(name, self.folder, described) for name, described in manifest["certificates"].items()
        }

    def __getitem__(self, name):
        if name not in self._entries:
            raise KeyError(f'there is no entry "{name}" in the fixture file: it has {", ".join(self._entries)}')
        return self._entries[name]

    def __iter__(self):
        return iter(self._entries)

    @property
    def trust(self):
        """The trust anchors, PEM."""
        return self.folder / "trust.pem"

    def path(self, name):
        """Any file of the set: a CRL, an OCSP response, ticket keys, a session."""
        if name not in self.manifest["files"]:
            raise KeyError(f'there is no file "{name}" in the set {self.folder}')
        return self.folder / name

    def case(self, name):
        """The first entry with a named case: case("expired")."""
        found = [entry for entry in self._entries.values() if entry.case == name]
        if not found:
            raise KeyError(f'no entry of the fixture file has the case "{name}"')
        return found[0]

    def named(self, client):
        """Entries for servers by what a correct client does with them: refuse, accept, …"""
        return [
            entry
            for entry in self._entries.values()
            if entry.about["client"] == client
            and not entry.about["ca"]
            and not entry.about.get("implied")
            and entry.about["purpose"] in ("server", "both")
        ]

    def server_context(self, name, password=None):
        """An SSLContext for a server with this entry."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self[name].chain, self[name].key, password)
        return context

    def client_context(self, name=None, password=None):
        """An SSLContext for a client that trusts the set's anchors; with a certificate of its own where one is named."""
        context = ssl.create_default_context(cafile=str(self.trust))
        if name is not None:
            context.load_cert_chain(self[name].chain, self[name].key, password)
        return context


def pytest_addoption(parser):
    parser.addini("tlskit_file", "the fixture file, from the root of the tests", default="tlskit.yml")
    parser.addini("tlskit_command", "how to run tlskit", default="")


_SET = "_tlskit_set"


def _command(config):
    said = os.environ.get("TLSKIT") or config.getini("tlskit_command")
    if said:
        return shlex.split(said)
    found = shutil.which("tlskit")
    if found:
        return [found]
    npx = shutil.which("npx")
    if npx:
        return [npx, "--no-install", "tlskit"]
    raise pytest.UsageError("tlskit is not installed: npm install --save-dev tlskit")


def _tls_set(config):
    """Brings the set up to date, the first time."""
    if not hasattr(config, _SET):
        file = config.rootpath / config.getini("tlskit_file")
        words = [*_command(config), "fixtures", "generate", "-config", str(file), "--json"]
        done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
        if done.returncode != 0:
            raise pytest.UsageError((done.stderr or done.stdout).strip())
        made = json.loads(done.stdout)
        setattr(config, _SET, TlsSet(made["out"], made["manifest"]))
    return getattr(config, _SET)


def pytest_generate_tests(metafunc):
    """A test with `refused_entry` or `accepted_entry` runs once for each of them."""
    for fixture, client in (("refused_entry", "refuse"), ("accepted_entry", "accept")):
        if fixture in metafunc.fixturenames:
            entries = _tls_set(metafunc.config).named(client)
            metafunc.parametrize(fixture, entries, ids=[entry.name for entry in entries])


@pytest.fixture(scope="session")
def tls_set(request):
    """The set of the fixture file, up to date."""
    return _tls_set(request.config)


@pytest.fixture
def tls_server(tls_set):
    """Starts a TLS server with an entry, on 127.0.0.1; gives its port. It says "hello" to each client, and ends with the test."""
    stop = threading.Event()
    with contextlib.ExitStack() as stack:

        def start(name, context=None):
            context = context or tls_set.server_context(name)
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=_serve, args=(listener, context, stop), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(stop.set)
            return listener.getsockname()[1]

        yield start


def _serve(listener, context, stop):
    # not every system wakes a thread whose socket is closed
    listener.settimeout(0.1)
    while not stop.is_set():
        # a client that refuses us is no error of the server
        with contextlib.suppress(OSError):
            raw, _ = listener.accept()
            raw.settimeout(10)
            with raw, context.wrap_socket(raw, server_side=True) as client:
                client.sendall(b"hello")
