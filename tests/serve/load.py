#!/usr/bin/env python3
"""Load: photographs per second, compared with `faceshot detect --jobs 1` on the same core; also with idle and slow connections, and with twice as
many requests as can be answered. Not a test: figures (docs/service.md). The server is pinned to one core, this script to another; figures are in
the server's processor time as well as wall time, since other work on the machine disturbs only wall time.
  load.py FACESHOT SOURCE FOLDER_OF_JPEGS [--seconds 10] [--overload-seconds 300] [--idle 5000] [--slow 200] [--cores 0,1]"""
import argparse
import select
import statistics

arguments = argparse.ArgumentParser()
arguments.add_argument("program")
arguments.add_argument("source")
arguments.add_argument("folder")
arguments.add_argument("--seconds", type=float, default=10)
arguments.add_argument("--overload-seconds", type=float, default=300)
arguments.add_argument("--idle", type=int, default=5000)
arguments.add_argument("--slow", type=int, default=200)
arguments.add_argument("--cores", default="0,1")
given = arguments.parse_args()

import resource

from service import *

core, own = (int(word) for word in given.cores.split(","))
os.sched_setaffinity(0, {own})
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
files = sorted(pathlib.Path(given.folder).glob("*.jpg"))
pictures = [file.read_bytes() for file in files]
pin = ("taskset", "-c", str(core))


def message(body):
    return b"POST /v1/detect HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(body) + body


messages = [message(body) for body in pictures]


class Client:
    """One non-blocking connection: a request out, an answer in."""

    def __init__(self, server):
        self.sock = socket.create_connection(server.address)
        self.sock.setblocking(False)
        self.out, self.got, self.began = b"", b"", None

    def send(self, data, began=None):
        self.out, self.got, self.began = memoryview(data), b"", began or time.perf_counter()
        self.push()

    def push(self):
        with contextlib.suppress(BlockingIOError):
            while self.out:
                self.out = self.out[self.sock.send(self.out):]

    def take(self):
        """The status once the answer is complete; None before."""
        with contextlib.suppress(BlockingIOError):
            while piece := self.sock.recv(65536):
                self.got += piece
            if not self.got:
                raise ConnectionError
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end:
            return None
        length = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")))
        return status_of(head) if len(body) >= length else None


def detect_rate():
    """Photographs per second of `faceshot detect --jobs 1`, by wall and processor time, from the extra time for four times as many."""
    def run(paths):
        started = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*pin, program, "detect", "--jobs", "1", "--jsonl=/dev/null", *paths], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.perf_counter() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    paths = [str(file) for file in files]
    few, many = run(paths), run(paths * 4)
    return [3 * len(paths) / (b - a) for a, b in zip(few, many)]


def steady(server, seconds, clients=4):
    """As fast as possible. Photographs per second by wall time, and by the server's processor time."""
    all_clients = {}
    poll = select.epoll()
    for i in range(clients):
        client = Client(server)
        all_clients[client.sock.fileno()] = client
        poll.register(client.sock, select.EPOLLIN)
    answers, next_message = 0, 0
    started, used = time.perf_counter(), server.seconds_used()
    for client in all_clients.values():
        client.send(messages[next_message % len(messages)])
        next_message += 1
    while (now := time.perf_counter()) < started + seconds:
        for number, _ in poll.poll(1):
            client = all_clients[number]
            if (status := client.take()) is not None:
                check(status == 200, f"steady: {status}")
                answers += 1
                client.send(messages[next_message % len(messages)])
                next_message += 1
    for client in all_clients.values():
        client.sock.close()
    return answers / (now - started), answers / (server.seconds_used() - used)


def overload(server, rate, seconds, clients=64):
    """`rate` requests per second, whatever the answers. Times of accepted ones, statuses, memory over time."""
    free, busy = [], {}
    poll = select.epoll()
    for _ in range(clients):
        client = Client(server)
        poll.register(client.sock, select.EPOLLIN)
        free.append(client)
    times, statuses, memory, late = [], {}, [], 0
    started = time.perf_counter()
    sent = 0
    while (now := time.perf_counter()) < started + seconds or busy:
        while now < started + seconds and sent < (now - started) * rate:
            if not free:
                late += 1
            else:
                client = free.pop(0)  # in turn: an idle one would be closed
                busy[client.sock.fileno()] = client
                client.send(messages[sent % len(messages)])
            sent += 1
        for number, _ in poll.poll(0.002):
            client = busy.get(number)
            if client is None:
                continue
            try:
                status = client.take()
            except ConnectionError:
                statuses["broken"] = statuses.get("broken", 0) + 1
                del busy[number]
                continue
            if status is not None:
                statuses[status] = statuses.get(status, 0) + 1
                if status == 200:
                    times.append(time.perf_counter() - client.began)
                free.append(busy.pop(number))
        if len(memory) < now - started:
            memory.append(server.memory() / 1e6)
    return times, statuses, memory, late


def with_others(server, seconds):
    """The same with idle connections and slow senders."""
    idle = [socket.create_connection(server.address) for _ in range(given.idle)]
    slow = [socket.create_connection(server.address) for _ in range(given.slow)]
    head = b"POST /v1/detect HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: 50000\r\n\r\n"
    for sock in slow:
        sock.sendall(head)
    stopped = threading.Event()

    def drip():
        while not stopped.wait(1):
            for sock in slow:
                sock.sendall(b"x" * 100)

    thread = threading.Thread(target=drip)
    thread.start()
    rates = steady(server, seconds)
    memory = server.memory() / 1e6
    stopped.set()
    thread.join()
    for sock in idle + slow:
        sock.close()
    return *rates, memory


print(f"{len(pictures)} photographs; server on core {core}, client on core {own}; a second, by the clock and by processor time")
command = detect_rate()
print(f"faceshot detect --jobs 1    {command[0]:7.1f} {command[1]:7.1f}")
with Server("--threads", "1", *os.environ.get("FACESHOT_TEST_OPTIONS", "").split(), before=pin) as server:
    steady(server, 2)
    alone = steady(server, given.seconds)
    print(f"the service                 {alone[0]:7.1f} {alone[1]:7.1f}   {alone[0] / command[0]:.2f} {alone[1] / command[1]:.2f} of it; {server.memory() / 1e6:.0f} MB")
    beside = with_others(server, given.seconds)
    print(f"beside {given.idle} idle, {given.slow} slow  {beside[0]:7.1f} {beside[1]:7.1f}   {beside[0] / alone[0]:.2f} {beside[1] / alone[1]:.2f} of that; {beside[2]:.0f} MB")
    again = steady(server, given.seconds)
    print(f"without them again          {again[0]:7.1f} {again[1]:7.1f}")
    if given.overload_seconds > 0:
        rate = 2 * alone[0]
        times, statuses, memory, late = overload(server, rate, given.overload_seconds)
        times.sort()
        middle, end = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"{rate:.0f} a second for {given.overload_seconds:.0f} s: {statuses}; taken: median {middle * 1e3:.0f} ms, 99th percentile {end * 1e3:.0f} ms, "
              f"longest {times[-1] * 1e3:.0f} ms; {late} not sent in time; memory {memory[min(5, len(memory) - 1)]:.0f} MB after 5 s, {statistics.median(memory[-5:]):.0f} MB at the end")
        check(set(statuses) <= {200, 503}, "other answers than 200 and 503")
    # A sanitizer's findings are in the log and in the exit status.
    check(server.stop() == 0 and not server.events("no JSON"), f"ended with {server.process.returncode}: {server.events('no JSON')[:20]}")
finish()
