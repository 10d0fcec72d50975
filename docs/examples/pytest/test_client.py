"""What a client of yours would be put in place of: Python's own."""

import socket
import ssl

import pytest


def fetch(port, host, context):
    with socket.create_connection(("127.0.0.1", port)) as raw:
        with context.wrap_socket(raw, server_hostname=host) as client:
            return client.recv(5)


def test_accepts_the_good(accepted_entry, tls_set, tls_server):
    port = tls_server(accepted_entry.name)
    assert fetch(port, accepted_entry.host, tls_set.client_context()) == b"hello"


def test_refuses_the_broken(refused_entry, tls_set, tls_server):
    port = tls_server(refused_entry.name)
    with pytest.raises(ssl.SSLCertVerificationError):
        fetch(port, refused_entry.host, tls_set.client_context())


def test_says_why(tls_set, tls_server):
    expired = tls_set.case("expired")
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"):
        fetch(tls_server(expired.name), expired.host, tls_set.client_context())


def test_shows_a_certificate(tls_set, tls_server):
    asking = tls_set.server_context("server")
    asking.verify_mode = ssl.CERT_REQUIRED
    asking.load_verify_locations(tls_set.trust)
    port = tls_server("server", asking)
    assert fetch(port, "localhost", tls_set.client_context("client")) == b"hello"


def test_names_what_is_not_there(tls_set):
    with pytest.raises(KeyError, match='no entry "nobody"'):
        tls_set["nobody"]
    with pytest.raises(LookupError, match="it has server-key.pem"):
        tls_set["server"].file(".p12")
