#!/usr/bin/env python3
"""A webhook's receiver: checks signatures with Python's own hmac, and records what it accepted.

    receiver.py PORT SECRET_FILE OUT      serves until killed; one line "ok|BAD id body" per event
"""
import hashlib
import hmac
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

port, secret, out = int(sys.argv[1]), open(sys.argv[2], "rb").read().strip(), sys.argv[3]
# One loses its answer on the way, one is refused for now: both must be sent again.
trouble = {2: "drop", 4: "503"}
count = 0


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global count
        count += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        what = trouble.get(count)
        if what == "503":
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        fields = dict(f.split("=", 1) for f in self.headers["X-FaceShot-Signature"].split(","))
        delivery = self.headers["X-FaceShot-Delivery"]
        wanted = hmac.new(secret, f"{fields['t']}.{delivery}.".encode() + body, hashlib.sha256)
        fresh = abs(time.time() - int(fields["t"])) < 60
        good = fresh and hmac.compare_digest(wanted.hexdigest(), fields["v1"])
        with open(out, "a") as notes:
            notes.write(f"{'ok' if good else 'BAD'} {delivery} {body.decode()}\n")
        if what == "drop":
            self.close_connection = True
            return
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


HTTPServer(("127.0.0.1", port), Receiver).serve_forever()
