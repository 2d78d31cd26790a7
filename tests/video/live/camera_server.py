#!/usr/bin/env python3
"""Network cameras, as far as tests need them: HTTP with MJPEG, and RTSP over TCP.

    camera_server.py http PORT FRAME.jpg...   /mjpeg 20 frames per second; /garbage random bytes,
                                              as fast as they are read; /hang nothing; /short 5
                                              frames and the end; /file redirects to a local file
    camera_server.py rtsp PORT CLIP           plays the clip in a loop, sent by ffmpeg -c copy -re
"""
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port = int(sys.argv[2])
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
frames = [open(name, "rb").read() for name in sys.argv[3:]] if sys.argv[1] == "http" else []


class Http(BaseHTTPRequestHandler):
    def start(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()

    def do_GET(self):
        if self.path.startswith("/file"):
            self.send_response(302)
            self.send_header("Location", "file://" + os.path.abspath(sys.argv[3]))
            self.end_headers()
            return
        self.start()
        try:
            if self.path.startswith("/garbage"):
                noise = os.urandom(1 << 16)
                until = time.time() + 120
                while time.time() < until:
                    self.wfile.write(noise)
            if self.path.startswith("/hang"):
                time.sleep(120)
            for number in range(5 if self.path.startswith("/short") else 20 * 120):
                jpeg = frames[number % len(frames)]
                self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg))
                self.wfile.write(jpeg + b"\r\n")
                time.sleep(0.05)
        except OSError:
            pass  # gone

    def log_message(self, *arguments):
        pass


class Rtsp(socketserver.StreamRequestHandler):
    """Interleaved RTP (RFC 2326, section 10.12) of one video stream."""

    def answer(self, cseq, lines=(), body=b"", status="200 OK"):
        head = [f"RTSP/1.0 {status}", f"CSeq: {cseq}", *lines]
        if body:
            head.append(f"Content-Length: {len(body)}")
        self.wfile.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def handle(self):
        try:
            self.serve()
        except OSError:
            pass  # gone

    def serve(self):
        while True:
            line = self.rfile.readline().decode(errors="replace").split()
            if not line:
                return
            headers = {}
            while (field := self.rfile.readline().decode(errors="replace").strip()) != "":
                name, value = field.split(":", 1)
                headers[name.lower()] = value.strip()
            method, cseq = line[0], headers.get("cseq", "0")
            if method == "DESCRIBE":
                self.answer(cseq, ["Content-Type: application/sdp", f"Content-Base: {line[1]}/"], sdp)
            elif method == "SETUP":
                transport = headers.get("transport", "")
                if "TCP" not in transport:
                    self.answer(cseq, status="461 Unsupported Transport")
                else:
                    self.answer(cseq, ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1"])
            elif method == "PLAY":
                self.answer(cseq, ["Session: 1"])
                with lock:
                    clients.append(self.connection)
            elif method == "TEARDOWN":
                self.answer(cseq)
                return
            else:
                self.answer(cseq, ["Public: DESCRIBE, SETUP, PLAY, TEARDOWN"])


def spread(receiver):
    while True:
        packet = receiver.recv(65536)
        with lock:
            for client in list(clients):
                try:
                    client.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
                except OSError:
                    clients.remove(client)


class Threading(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if sys.argv[1] == "http":
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", port), Http).serve_forever()
clients, lock = [], threading.Lock()
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
sender = subprocess.Popen(
    ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", sys.argv[3], "-an", "-c", "copy", "-f", "rtp",
     "-sdp_file", "camera.sdp", f"rtp://127.0.0.1:{receiver.getsockname()[1]}?pkt_size=1200"],
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
try:
    receiver.recv(65536)  # by now the description exists
    sdp = b"".join(line for line in open("camera.sdp", "rb") if not line.startswith(b"SDP:"))
    sdp = sdp.replace(b"m=video %d" % receiver.getsockname()[1], b"m=video 0")
    threading.Thread(target=spread, args=(receiver,), daemon=True).start()
    Threading(("127.0.0.1", port), Rtsp).serve_forever()
finally:
    sender.kill()
