"""A FaceShot server on a free port of this machine, and clients that use only Python's standard library. Imported by the scripts here."""
import base64
import contextlib
import faulthandler
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

program, source = sys.argv[1:3]
faces = pathlib.Path(source) / "tests/detect/fixtures/drawn"
picture = (faces / "two.jpg").read_bytes()
failed = 0
started = []


def give_up():
    """On a hang, says where, and leaves nothing running."""
    faulthandler.dump_traceback(file=sys.__stderr__)
    for process in started:
        process.kill()
    os._exit(1)


watch = threading.Timer(int(os.environ.get("FACESHOT_TEST_SECONDS", 1500)), give_up)
watch.daemon = True
watch.start()


def check(right, what):
    """Reports a failure and continues."""
    global failed
    if not right:
        failed += 1
        print("FAILED:", what)


def finish():
    sys.exit(1 if failed else 0)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Server:
    """`with Server("--threads", "1") as server: server.ask("GET", "/")`"""

    def __init__(self, *options, before=(), inherited=None):
        self.options, self.before, self.inherited = options, before, inherited
        self.log = []

    def __enter__(self):
        port = [] if self.inherited or "--port" in self.options else ["--port", "0"]
        environment = dict(os.environ, FACESHOT_MODEL=os.environ.get("FACESHOT_MODEL", source + "/models/faceshot-nano.onnx"))
        self.process = subprocess.Popen([*self.before, program, "serve", *port, *self.options],
                                        pass_fds=[self.inherited.fileno()] if self.inherited else (), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        started.append(self.process)
        self.address = None
        self.listening = threading.Event()
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        if not self.inherited and not self.listening.wait(60):
            raise SystemExit("FAILED: the server does not listen:\n" + "\n".join(map(str, self.log)))
        return self

    def _read_log(self):
        for line in self.process.stderr:
            try:
                entry = json.loads(line)
            except ValueError:
                entry = {"event": "no JSON", "text": line.decode(errors="replace")}
            self.log.append(entry)
            if entry["event"] == "listening":
                scheme, _, rest = entry["detail"].partition("://")
                host, _, port = rest.rpartition(":")
                self.address, self.tls = (host, int(port)), scheme == "https"
                self.listening.set()

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.stop()
        self.reader.join(10)

    def stop(self, number=signal.SIGTERM, seconds=60):
        """Returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def events(self, name):
        return [entry for entry in self.log if entry["event"] == name]

    def memory(self):
        """Resident bytes."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    def seconds_used(self):
        """Processor time."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self, timeout=60):
        """A socket, through TLS if the server speaks it."""
        sock = socket.create_connection(self.address, timeout)
        if not self.tls:
            return sock
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(sock)

    def connection(self, timeout=60):
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        connection.sock = self.connect(timeout)
        return connection

    def ask(self, method, path, body=None, headers={}, connection=None):
        own = connection or self.connection()
        own.request(method, path, body, headers)
        answer = own.getresponse()
        result = Answer(answer.status, answer.headers, answer.read())
        if connection is None:
            own.close()
        return result

    def raw(self, data, timeout=60):
        """Sends bytes, and returns everything received; unless they contain `Connection: close`, the sending side is then closed."""
        with self.connect(timeout) as sock:
            with contextlib.suppress(OSError):
                sock.sendall(data)
                if b"Connection: close" not in data:
                    sock.shutdown(socket.SHUT_WR)
            return read_all(sock)


def read_all(sock):
    got = b""
    with contextlib.suppress(OSError):
        while piece := sock.recv(65536):
            got += piece
    return got


def status_of(answer):
    """Status of the first answer in some bytes; 0: there is none."""
    first = answer.split(b"\r\n", 1)[0].split(b" ")
    return int(first[1]) if len(first) > 1 and first[0].startswith(b"HTTP/1.") else 0


def multipart(contents, name="image", boundary="e3b0c442"):
    """A body and its type."""
    body = b""
    for i, content in enumerate(contents):
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{i}.jpg"\r\n'
                 "Content-Type: image/jpeg\r\n\r\n").encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class WebSocket:
    """A client according to RFC 6455, without extensions."""

    def __init__(self, server, path, headers={}):
        self.sock = server.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        host = "%s:%d" % server.address
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.sock.sendall("\r\n".join(lines + ["", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = self.sock.recv(1)
            if not piece:
                break
            answer += piece
        self.status, self.header = status_of(answer), answer.decode(errors="replace")

    def frame(self, opcode, data):
        mask = os.urandom(4)
        size = len(data)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        covered = (int.from_bytes(data, "big") ^ int.from_bytes((mask * (size // 4 + 1))[:size], "big")).to_bytes(size, "big")
        return head + mask + covered

    def send(self, data, opcode=2):
        self.sock.sendall(self.frame(opcode, data))

    def _exactly(self, count):
        got = b""
        while len(got) < count:
            piece = self.sock.recv(count - len(got))
            if not piece:
                raise EOFError
            got += piece
        return got

    def receive(self):
        """(opcode, data) of the next message; answers pings."""
        while True:
            first, second = self._exactly(2)
            size = second & 127
            if size == 126:
                size = struct.unpack(">H", self._exactly(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._exactly(8))[0]
            data = self._exactly(size)
            if first & 15 == 9:
                self.send(data, 10)
                continue
            return first & 15, data

    def ask(self, data):
        self.send(data)
        return json.loads(self.receive()[1])

    def close(self):
        self.sock.close()


