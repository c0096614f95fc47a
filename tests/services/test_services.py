"""The servers the drills kill are really gone when killed, and really back when started again."""

import socket

import psycopg2
import pytest

from tests.services import postgres, redis
from tests.services.server import children_of, is_running

pytestmark = pytest.mark.drill


def test_a_killed_postgresql_takes_its_sessions_along_and_comes_back_with_what_was_committed():
    with postgres() as server:
        first_pid = server.pid
        with psycopg2.connect(server.url) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE note (body text)")
            cursor.execute("INSERT INTO note VALUES ('kept')")
        connection.commit()
        forked = children_of(first_pid)
        assert forked

        server.kill()

        with pytest.raises(psycopg2.OperationalError):
            connection.cursor().execute("SELECT 1")
        assert not any(is_running(pid) for pid in [first_pid, *forked])

        server.start()
        assert server.pid != first_pid
        again = psycopg2.connect(server.url)
        with again.cursor() as cursor:
            cursor.execute("SELECT body FROM note")
            assert cursor.fetchall() == [("kept",)]
        again.close()
        last_pid, folder = server.pid, server.folder
    assert not is_running(last_pid)
    assert not folder.exists()


def test_a_killed_redis_refuses_connections_and_comes_back_empty_on_the_same_port():
    with redis() as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"SET note kept\r\n")
            assert client.recv(16) == b"+OK\r\n"

        server.kill()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=1)

        server.start()
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET note\r\n")
            assert client.recv(16) == b"$-1\r\n"
        last_pid = server.pid
    assert not is_running(last_pid)
