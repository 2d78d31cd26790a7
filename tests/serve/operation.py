#!/usr/bin/env python3
"""The server as operators meet it: full, slow clients, reload, stop, restart, a socket from systemd.
  operation.py FACESHOT SOURCE"""
from service import *


class Load:
    """Clients that send the same photograph over and over, each on its own connection."""

    def __init__(self, server, clients):
        self.server, self.stopped = server, threading.Event()
        self.statuses, self.broken, self.lock = {}, 0, threading.Lock()
        self.threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _run(self):
        connection = None
        while not self.stopped.is_set():
            try:
                connection = connection or self.server.connection(30)
                status = self.server.ask("POST", "/v1/detect", picture, connection=connection).status
                with self.lock:
                    self.statuses[status] = self.statuses.get(status, 0) + 1
            except (OSError, http.client.HTTPException, ssl.SSLError):
                connection = None
                with self.lock:
                    self.broken += 1
                time.sleep(0.02)

    def wait_for(self, answers):
        deadline = time.monotonic() + 60
        wanted = sum(self.statuses.values()) + answers
        while sum(self.statuses.values()) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)


def full():
    """503 at once, with Retry-After, and nothing else but 200."""
    with Server("--threads", "1", "--queue", "2") as server:
        with Load(server, 12) as load:
            load.wait_for(300)
            started = time.monotonic()
            check(server.ask("GET", "/healthz").status == 200 and time.monotonic() - started < 2, "/healthz waits behind photographs")
        check(set(load.statuses) == {200, 503} and load.broken == 0, f"full: {load.statuses}, {load.broken} broken")
        with Load(server, 6):
            answers = [server.ask("POST", "/v1/detect", picture) for _ in range(30)]
        refused = [answer for answer in answers if answer.status == 503]
        check(all(answer.headers["Retry-After"] == "1" and answer.json()["type"].endswith("busy") for answer in refused), "no Retry-After")


def queued(server, key):
    text = server.ask("GET", "/metrics", headers={"X-API-Key": key}).body.decode()
    return float(text.partition("\nfaceshot_queue_length ")[2].split("\n")[0])


def fair():
    """A client with its own key is served while another fills the queue."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "keys"
        file.write_text("greedy 0123456789-greedy\nmodest 0123456789-modest\n")
        with Server("--threads", "1", "--queue", "4", "--api-key-file", str(file), "--batch", "120") as server:
            body, kind = multipart([picture] * 120)
            greedy = [threading.Thread(target=server.ask, args=("POST", "/v1/detect:batch", body, {"Content-Type": kind, "X-API-Key": "0123456789-greedy"}))
                      for _ in range(3)]
            for thread in greedy:
                thread.start()
            waited_for = time.monotonic() + 30
            while queued(server, "0123456789-modest") < 50 and time.monotonic() < waited_for:
                pass
            answers = [server.ask("POST", "/v1/detect", picture, {"X-API-Key": "0123456789-modest"}).status for _ in range(3)]
            waiting = sum(thread.is_alive() for thread in greedy)
            for thread in greedy:
                thread.join()
            check(answers == [200] * 3, f"the modest client: {answers}")
            check(waiting > 0, "the modest client waits for all of the greedy one's")


def slow_clients():
    """They are closed in time and delay nobody."""
    with Server("--threads", "1", "--header-seconds", "1", "--body-seconds", "1", "--idle-seconds", "2") as server:
        idle = [server.connect() for _ in range(200)]
        header, body, silent = server.connect(), server.connect(), server.connect()
        header.sendall(b"POST /v1/detect HTTP/1.1\r\nHost: x\r\nX: ")
        body.sendall(b"POST /v1/detect HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc")
        check(server.ask("POST", "/v1/detect", picture).status == 200, "beside slow clients")
        check(b'faceshot_connections 204' in server.ask("GET", "/metrics").body, "connections are not counted")
        check(status_of(read_all(header)) == 408, "a slow header")
        check(status_of(read_all(body)) == 408, "a slow body")
        check(read_all(silent) == b"", "an idle connection")
        check(all(read_all(sock) == b"" for sock in idle), "idle connections")
        # 100 Continue before a body; none if it is refused.
        sock = server.connect()
        sock.sendall(b"POST /v1/detect HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(picture))
        check(status_of(sock.recv(100)) == 100, "no 100 Continue")
        sock.sendall(picture)
        check(status_of(sock.recv(65536)) == 200, "after 100 Continue")
        refused = server.raw(b"POST /v1/none HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
        check(status_of(refused) == 404, "100 Continue where nothing is")
        # A refused body is read, and the connection goes on.
        connection = server.connection()
        check(server.ask("POST", "/v1/none", b"x" * 500000, connection=connection).status == 404, "refused")
        check(server.ask("GET", "/healthz", connection=connection).status == 200, "a connection after a refusal")


def no_connection_left():
    """A client that comes when all connections are in use is told so, and operators still see why."""
    with Server("--threads", "1", "--max-connections", "3", "--idle-seconds", "60") as server:
        taken = [server.connect() for _ in range(3)]
        check(server.ask("GET", "/healthz").status == 200, "/healthz when all connections are in use")
        check(b"faceshot_connections 4" in server.ask("GET", "/metrics").body, "/metrics when all connections are in use")
        answers = [server.ask("POST", "/v1/detect", picture) for _ in range(20)]
        check({answer.status for answer in answers} == {503}, f"all connections taken: {[answer.status for answer in answers]}")
        check(all(answer.headers["Retry-After"] == "1" and answer.headers["Connection"] == "close" and
                  answer.json()["type"] == "urn:faceshot:problem:busy" for answer in answers), "no problem JSON")
        check(WebSocket(server, "/v1/stream").status == 503, "a stream when all connections are in use")
        check(b'faceshot_problems_total{kind="busy"} 21' in server.ask("GET", "/metrics").body, "they are not counted")
        crowd = [server.connect() for _ in range(200)]
        check(all(read_all(sock) == b"" for sock in crowd), "a crowd beyond the limit")  # within seconds
        for sock in taken + crowd:
            sock.close()
        deadline = time.monotonic() + 10
        while (status := server.ask("POST", "/v1/detect", picture).status) != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        check(status == 200, f"when there is room again: {status}")


def reload_and_stop(folder):
    model = folder / "model.onnx"
    model.write_bytes((pathlib.Path(source) / "models/faceshot-nano.onnx").read_bytes())
    with Server("--threads", "2", "--model", str(model)) as server:
        with Load(server, 3) as load:
            for done in range(1, 4):
                load.wait_for(20)
                server.process.send_signal(signal.SIGHUP)
                deadline = time.monotonic() + 30
                while len(server.events("reloaded")) < done and time.monotonic() < deadline:
                    time.sleep(0.01)
            model.write_bytes(b"no network")
            server.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 30
            while not server.events("reload failed") and time.monotonic() < deadline:
                time.sleep(0.01)
            load.wait_for(20)
        check(len(server.events("reloaded")) == 3 and len(server.events("reload failed")) == 1, f"reloads: {server.log[-3:]}")
        check(set(load.statuses) == {200} and load.broken == 0, f"during reloads: {load.statuses}, {load.broken} broken")
        # Requests in progress when the server stops are answered.
        body, kind = multipart([picture] * 30)
        answers = []
        asking = threading.Thread(target=lambda: answers.append(server.ask("POST", "/v1/detect:batch", body, {"Content-Type": kind})))
        asking.start()
        time.sleep(0.1)
        live = WebSocket(server, "/v1/stream")
        goodbye = []
        listening = threading.Thread(target=lambda: (goodbye.append(live.receive()[0]), live.close()))
        listening.start()
        check(server.stop() == 0, "not ended with 0")
        asking.join()
        listening.join()
        check(answers and answers[0].status == 200 and len(answers[0].json()["photographs"]) == 30, "a request was dropped at the end")
        check(goodbye == [8], "a stream is not told of the end")


def killed():
    """kill -9 and restart: clients see broken connections and nothing else."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--threads", "1", "--port", str(port)]
    with Server(*options) as server, Load(server, 3) as load:
        load.wait_for(20)
        server.process.kill()
        server.process.wait()
        with Server(*options) as again:
            load.wait_for(20)
            load.stopped.set()
            check(load.broken > 0 and set(load.statuses) == {200}, f"kill -9: {load.statuses}, {load.broken} broken")
            check(again.stop() == 0, "the second server")


def inherited():
    """A socket opened by systemd: requests that arrive before the server starts wait in it."""
    listener = socket.create_server(("127.0.0.1", 0))
    early = socket.create_connection(listener.getsockname())
    early.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    shell = "exec 3<&%d; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"" % listener.fileno()
    with Server("--threads", "1", before=("bash", "-c", shell, "bash"), inherited=listener) as server:
        check(server.listening.wait(60), "the server does not listen")
        check(status_of(read_all(early)) == 200, "a request from before the server")
        check(server.address[1] == listener.getsockname()[1], f"listens at {server.address}")
        check(server.ask("POST", "/v1/detect", picture).status == 200, "by the inherited socket")


def wrong_use(folder):
    keys = folder / "bad-keys"
    keys.write_text("name short\n")
    for options, wanted in ((["--port", "70000"], 2), (["--max-upload", "much"], 2), (["--tls-cert", "x"], 2), (["--host", "example.org"], 2),
                            (["--formats", "psd"], 2), (["--model", "/none.onnx"], 1), (["--api-key-file", str(keys)], 1),
                            (["--api-key-file", "/none"], 1), (["--tls-cert", str(keys), "--tls-key", str(keys)], 1)):
        done = subprocess.run([program, "serve", *(() if "--port" in options else ("--port", "0")), *options], capture_output=True, timeout=60)
        lines = done.stderr.decode().strip().split("\n")
        check(done.returncode == wanted and len(lines) == 1 and lines[0].startswith("faceshot"), f"{options}: {done.returncode}, {lines}")
    with Server("--threads", "1") as server:
        done = subprocess.run([program, "serve", "--port", str(server.address[1])], capture_output=True, timeout=60)
        check(done.returncode == 1 and b"name another with --port" in done.stderr, f"a port that is taken: {done.stderr}")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for part in full, fair, slow_clients, no_connection_left, lambda: reload_and_stop(folder), killed, inherited, lambda: wrong_use(folder):
        part()
finish()
