"""The server as it is run: a process, a socket, signals."""

import resource
import signal
import socket
import subprocess
import uuid

import psycopg
import pytest

from tests.webhooks.builders import SECRET, encoded, headers, payload
from tests.webhooks.process import COMMAND, free_port, serving
from webhooks.inbox import Claim
from webhooks.inbox_postgres import PostgresTable
from webhooks.inbox_sqlite import SqliteTable

OPENED = payload("pull_request", "opened")
ALL = Claim(10_000, 10**9, now=1e12, until=1e12, horizon=2e12)


def kept(table):
    """The ids of everything in the inbox."""
    found = [each.delivery.id for each in table.claim(ALL)]
    table.close()
    return found


def run(*arguments, **environ):
    return subprocess.run([COMMAND, "serve", *arguments], env=environ, capture_output=True, text=True, check=False)


def test_without_a_secret_it_does_not_start_and_says_which(tmp_path):
    done = run(HOME=str(tmp_path))
    assert done.returncode == 2
    assert "github.webhook_secret is not set" in done.stderr
    assert "PR_REVIEWER_GITHUB__WEBHOOK_SECRET" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_without_credentials_for_github_it_does_not_start_and_says_which(tmp_path, command):
    environ = {"HOME": str(tmp_path), "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET}
    done = subprocess.run([COMMAND, command], env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "there are no credentials for GitHub" in done.stderr
    assert "github.app_id" in done.stderr


@pytest.mark.parametrize("command", [["jobs", "list"], ["worker"]], ids=" ".join)
def test_a_database_that_is_away_is_said_in_a_sentence(tmp_path, command):
    environ = {
        "HOME": str(tmp_path),
        "PR_REVIEWER_SERVER__DATABASE_URL": f"postgresql://me:pass-word-1@127.0.0.1:{free_port()}/db",
    }
    done = subprocess.run([COMMAND, *command], env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert "Connection refused" in done.stderr
    assert "server.database_url" in done.stderr
    assert "pass-word-1" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_in_which_nothing_may_be_made_is_said_in_a_sentence(postgres_url):
    role = f"poor_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
    url = postgres_url.replace("reviewer@", f"{role}@")
    done = run(PR_REVIEWER_GITHUB__WEBHOOK_SECRET=SECRET, PR_REVIEWER_SERVER__DATABASE_URL=url)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert "permission denied for database" in done.stderr
    assert "server.database_url" in done.stderr


def test_a_database_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    (tmp_path / "state").write_text("a file")
    environ = {"HOME": str(tmp_path), "PR_REVIEWER_SERVER__DATA_DIR": str(tmp_path / "state")}
    done = subprocess.run([COMMAND, "jobs", "list"], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False)
    assert "server.data_dir" in done.stderr


@pytest.mark.parametrize("largest", [60_000, 180_000], ids=["of our tables", "of the queue"])
def test_a_disk_that_is_full_at_the_start_is_said_in_a_sentence(tmp_path, largest):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    environ = {"HOME": str(tmp_path), "GITHUB_TOKEN": "ghp_of_nobody", "PR_REVIEWER_GITHUB__WEBHOOK_SECRET": SECRET}
    command = [COMMAND, "serve", "--port", str(free_port())]
    done = subprocess.run(
        command, env=environ, preexec_fn=limit, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 3
    told = done.stderr.partition("\nerror: ")[2] or done.stderr
    assert "server.data_dir" in told
    assert "Traceback" not in told


def test_what_it_keeps_is_its_owners_alone_in_a_folder_that_others_may_read(tmp_path):
    (tmp_path / "state").mkdir(mode=0o755)
    with serving(tmp_path):
        kept = [path for path in (tmp_path / "state").iterdir() if path.is_file()]
        assert {path.name for path in kept} >= {"inbox.sqlite3", "reviewer.sqlite3", "queue.sqlite3"}
        assert {path.name: path.stat().st_mode & 0o077 for path in kept} == {path.name: 0 for path in kept}


def test_its_files_lie_in_the_folder_for_state(tmp_path):
    with serving(tmp_path, environ={"PR_REVIEWER_SERVER__DATA_DIR": "", "XDG_STATE_HOME": str(tmp_path / "xdg")}):
        assert (tmp_path / "xdg" / "pr-reviewer" / "inbox.sqlite3").is_file()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "state").write_text("a file")
    done = run(PR_REVIEWER_GITHUB__WEBHOOK_SECRET=SECRET, PR_REVIEWER_SERVER__DATA_DIR=str(tmp_path / "state"))
    assert done.returncode == 3
    assert "server.data_dir" in done.stderr


def test_a_database_of_another_kind_is_named_without_its_password():
    done = run(
        PR_REVIEWER_GITHUB__WEBHOOK_SECRET=SECRET, PR_REVIEWER_SERVER__DATABASE_URL="mysql://me:pass-word-1@host/db"
    )
    assert done.returncode == 2
    assert "server.database_url is not the address of a Postgres" in done.stderr
    assert "pass-word-1" not in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(
            "--port",
            str(port),
            GITHUB_TOKEN="ghp_of_nobody",
            GITHUB_API_URL=f"http://127.0.0.1:{free_port()}",
            PR_REVIEWER_GITHUB__WEBHOOK_SECRET=SECRET,
            PR_REVIEWER_SERVER__DATA_DIR=str(tmp_path),
        )
    assert done.returncode == 3
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_well(tmp_path, number):
    with serving(tmp_path) as server:
        assert server.send("pull_request", OPENED, delivery="one").status_code == 202
        assert server.stop(number) == 0
        assert server.lines()[-1]["event"] == "stopped"


def test_told_to_stop_it_answers_what_is_under_way(tmp_path):
    body = encoded(OPENED)
    sent = headers("pull_request", body, delivery="one")
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    with serving(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
        start = f"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{head}\r\n"
        connection.sendall(start.encode() + body[:100])
        server.client.get("/healthz")
        server._process.send_signal(signal.SIGTERM)
        connection.sendall(body[100:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 202 ")
        assert server._process.wait() == 0


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_what_was_acknowledged_survives_a_kill(tmp_path, store, request):
    url = request.getfixturevalue("postgres_url") if store == "postgres" else ""
    for run_number in range(3):
        with serving(tmp_path, environ={"PR_REVIEWER_SERVER__DATABASE_URL": url}) as server:
            for number in range(5):
                answer = server.send("pull_request", OPENED, delivery=f"{run_number}-{number}")
                assert answer.json() == {"job": f"github-{run_number}-{number}"}
            assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    table = (
        PostgresTable(url, is_durable=True)
        if url
        else SqliteTable(tmp_path / "state" / "inbox.sqlite3", is_durable=True)
    )
    assert kept(table) == [f"{run_number}-{number}" for run_number in range(3) for number in range(5)]


def test_no_line_of_its_log_holds_a_secret(tmp_path):
    with serving(tmp_path) as server:
        server.send("pull_request", OPENED)
        server.client.post("/webhooks/github", content=b"{}", headers={"X-GitHub-Event": SECRET})
        server.stop()
        log = "\n".join(map(str, server.lines()))
    assert "delivery accepted" in log
    assert SECRET not in log


def answers_to(port, head, body):
    """Everything that comes back over a plain socket, however early the other side has had enough."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head)
        try:
            for part in body:
                connection.sendall(part)
        except (ConnectionResetError, BrokenPipeError):
            pass
        try:
            return connection.recv(1000)
        except ConnectionResetError:
            return b""


def head_of(*lines):
    told = headers("pull_request", b"", delivery="one")
    every = ["POST /webhooks/github HTTP/1.1", "Host: x", *lines, *(f"{name}: {told[name]}" for name in told)]
    return ("\r\n".join(every) + "\r\n\r\n").encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One for all tests that leave it running."""
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_26_megabytes_are_refused_over_a_socket(server):
    megabyte = b" " * 2**20
    announced = answers_to(server.port, head_of(f"Content-Length: {26 * 2**20}", "Expect: 100-continue"), [])
    chunk = f"{len(megabyte):x}\r\n".encode() + megabyte + b"\r\n"
    chunked = answers_to(server.port, head_of("Transfer-Encoding: chunked"), [chunk] * 26)
    assert server.send("pull_request", OPENED).status_code == 202
    assert announced.startswith(b"HTTP/1.1 413 ")
    assert chunked.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_http_ends_a_connection_and_nothing_else(server, raw):
    answer = answers_to(server.port, raw, [])
    assert answer == b"" or answer.split(b" ")[1] in {b"400", b"401", b"404", b"431", b"501"}
    assert server.client.get("/healthz").status_code == 200


def test_only_this_machine_is_listened_to_unless_told(tmp_path):
    done = run("--help", HOME=str(tmp_path))
    assert "[default: 127.0.0.1]" in done.stdout
