#!/usr/bin/env python3
"""The API over HTTP and WebSocket: every form of request and answer.
  api.py FACESHOT SOURCE"""
import subprocess
import urllib.parse

from service import *


def faces_by_command(folder):
    """What `faceshot detect` finds: the service must find the same."""
    out = subprocess.run([program, "detect", str(faces / "two.jpg"), "--json"], check=True, capture_output=True).stdout
    return json.loads(out)[0]


def same_faces(a, b):
    return len(a) == len(b) and all(abs(x[k] - y[k]) < 0.02 for x, y in zip(a, b) for k in ("x1", "y1", "x2", "y2", "score"))


def detect(server):
    expected = faces_by_command(faces)
    check(len(expected["faces"]) > 0, "faceshot detect finds nothing")
    encoded = base64.b64encode(picture).decode()
    forms = {
        "a photograph": (picture, "image/jpeg"),
        "bytes": (picture, "application/octet-stream"),
        "curl --data-binary": (picture, "application/x-www-form-urlencoded"),
        "multipart": multipart([picture]),
        "JSON": (json.dumps({"image": encoded}), "application/json"),
    }
    for name, (body, kind) in forms.items():
        answer = server.ask("POST", "/v1/detect", body, {"Content-Type": kind})
        check(answer.status == 200, f"{name}: {answer.status} {answer.body[:200]}")
        if answer.status != 200:
            continue
        found = answer.json()
        check(same_faces(found["faces"], expected["faces"]), f"{name}: other faces than faceshot detect's")
        check((found["width"], found["height"]) == (expected["width"], expected["height"]), f"{name}: another size")
    answer = server.ask("POST", "/v1/detect", iter([picture[:1000], picture[1000:]]), {"Content-Type": "image/jpeg"})
    check(answer.status == 200 and same_faces(answer.json()["faces"], expected["faces"]), "chunked")
    few = server.ask("POST", "/v1/detect?threshold=0.99", picture).json()["faces"]
    check(all(face["score"] >= 0.99 for face in few), "threshold=0.99 gives lower scores")
    many = server.ask("POST", "/v1/detect?threshold=0.01&max_side=320", picture).json()["faces"]
    check(len(many) >= len(expected["faces"]), "threshold=0.01 gives fewer faces")
    check("detect;dur=" in server.ask("POST", "/v1/detect", picture).headers["Server-Timing"], "no Server-Timing")


def pictures(server):
    starts = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG", "image/webp": b"RIFF"}
    for path in "/v1/detect", "/v1/anonymize":
        for kind, start in starts.items():
            answer = server.ask("POST", path, picture, {"Accept": kind})
            check(answer.status == 200 and answer.headers["Content-Type"] == kind and answer.body.startswith(start),
                  f"{path} as {kind}: {answer.status}")
            check(int(answer.headers["X-Faces"]) > 0, f"{path}: no faces")
    for style in "blur", "pixelate", "solid":
        hidden = server.ask("POST", f"/v1/anonymize?style={style}&shape=box", picture).body
        # Hidden faces are not found again.
        left = server.ask("POST", "/v1/detect", hidden).json()["faces"]
        check(left == [], f"{style}: faces are still found: {left}")
    check(server.ask("POST", "/v1/anonymize", picture, {"Accept": "application/json"}).status == 406, "anonymize as JSON")
    check(server.ask("POST", "/v1/detect", picture, {"Accept": "text/html"}).status == 406, "detect as HTML")


def batch(server):
    body, kind = multipart([picture, b"no picture", picture])
    answer = server.ask("POST", "/v1/detect:batch", body, {"Content-Type": kind})
    check(answer.status == 200, f"batch: {answer.status} {answer.body[:200]}")
    one, two, three = answer.json()["photographs"]
    check(one["faces"] == three["faces"] != [], "batch: the same picture has other faces")
    check(two["problem"]["status"] == 415 and two["name"] == "1.jpg", f"batch: {two}")
    encoded = base64.b64encode(picture).decode()
    answer = server.ask("POST", "/v1/detect:batch", json.dumps({"images": [encoded] * 5}), {"Content-Type": "application/json"})
    check(len(answer.json()["photographs"]) == 5, "batch as JSON")
    body, kind = multipart([picture] * 9)
    check(server.ask("POST", "/v1/detect:batch", body, {"Content-Type": kind}).status == 413, "a batch of more than --batch")


def other_paths(server):
    check(server.ask("GET", "/healthz").body == b"ok\n", "/healthz")
    check(server.ask("GET", "/readyz").status == 200, "/readyz")
    model = server.ask("GET", "/v1/model").json()
    check(model["name"] == "faceshot-nano" and model["limits"]["batch"] == 8, f"/v1/model: {model}")
    page = server.ask("GET", "/")
    check(page.headers["Content-Type"].startswith("text/html") and b"<html" in page.body, "/")
    check("default-src 'none'" in page.headers["Content-Security-Policy"], "/: no policy")
    check(server.ask("GET", "/", headers={"If-None-Match": page.headers["ETag"]}).status == 304, "/: not 304")
    head = server.ask("HEAD", "/")
    check(head.body == b"" and head.headers["Content-Length"] == page.headers["Content-Length"], "HEAD /")
    answer = server.ask("DELETE", "/v1/detect")
    check(answer.status == 405 and "POST" in answer.headers["Allow"], "DELETE /v1/detect")
    problem = server.ask("POST", "/v1/detect?treshold=1", picture, {"X-Request-Id": "mine-7"})
    check(problem.headers["Content-Type"] == "application/problem+json" and problem.headers["X-Request-Id"] == "mine-7" and
          problem.json()["request_id"] == "mine-7" and "did you mean 'threshold'" in problem.json()["detail"], problem.body)
    text = server.ask("GET", "/metrics").body.decode()
    for wanted in 'faceshot_requests_total{route="/v1/detect",status="200"}', 'faceshot_problems_total{kind="bad-option"}', \
            'faceshot_stage_seconds_bucket{stage="detect",le="0.1"}', "faceshot_queue_places":
        check(wanted in text, "/metrics has no " + wanted)


def stream(server):
    live = WebSocket(server, "/v1/stream")
    check(live.status == 101, live.header)
    first, second = live.ask(picture), live.ask(picture)
    check([face["id"] for face in first["faces"]] == [face["id"] for face in second["faces"]] != [], "ids change")
    check(second["frame"] == 2 and all(face["confirmed"] for face in second["faces"]), f"second frame: {second}")
    check(live.ask(b"no picture")["status"] == 415, "a frame that is no picture")
    check(live.ask(picture)["faces"][0]["id"] == first["faces"][0]["id"], "the stream ends with a bad frame")
    # A client that sends faster than the server detects loses frames, and is told so.
    for _ in range(40):
        live.send(picture)
    answer, answers, dropped = {"frame": 0}, 0, 0
    while answer["frame"] < 44:
        answer = json.loads(live.receive()[1])
        answers += 1
        dropped += answer["dropped"]
    check(answers + dropped == 40, f"of 40 frames {answers} were looked at and {dropped} dropped")
    live.send(b"text", 1)
    check(json.loads(live.receive()[1])["status"] == 400, "a text message")
    live.send(b"\x03\xe8", 8)
    check(live.receive()[0] == 8, "no answer to the end")
    live.close()
    raw = WebSocket(server, "/v1/stream?frames=raw&pixels=gray&width=64&height=48")
    check(raw.ask(bytes(64 * 48))["faces"] == [], "grey frames")
    check(raw.ask(bytes(7))["status"] == 400, "a short frame")
    raw.close()
    check(server.ask("GET", "/v1/stream").status == 426, "a stream without a WebSocket")
    check(WebSocket(server, "/v1/stream?frames=film").status == 400, "a stream with a bad option")
    check(WebSocket(server, "/v1/stream", {"Origin": "https://evil.example"}).status == 403, "a stream from another page")


def printing_decoder(server):
    """The AV1 decoder prints errors: the log stays JSON and cannot be flooded by them."""
    still = bytearray((pathlib.Path(source) / "fuzz/seeds/photograph/still.avif").read_bytes())
    still[still.index(b"mdat") + 4] = 0xff
    started = time.monotonic()
    statuses = {server.ask("POST", "/v1/detect", bytes(still)).status for _ in range(100)}
    check(statuses == {422}, f"damaged AVIF: {statuses}")
    told = server.events("library")
    check(0 < len(told) <= 10 * (time.monotonic() - started + 1) and "OBU" in told[0]["detail"], f"{len(told)} lines of the decoder: {told[:2]}")


def keys_and_tls(folder):
    key = "0123456789/+(%)="
    (folder / "keys").write_text(f"door {key}\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    with Server("--api-key-file", folder / "keys", "--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem") as server:
        check(server.tls, "no TLS")
        check(server.ask("GET", "/v1/model").status == 401, "without a key")
        check(server.ask("GET", "/healthz").status == 200, "/healthz with keys")
        check(server.ask("POST", "/v1/detect", picture, {"Authorization": "Bearer " + key}).status == 200, "with a key")
        check(server.ask("POST", "/v1/detect", picture, {"X-API-Key": key[:-1]}).status == 401, "with a wrong key")
        live = WebSocket(server, "/v1/stream", {"Sec-WebSocket-Protocol": f"faceshot, faceshot.key.{urllib.parse.quote(key, safe='')}"})
        check(live.status == 101 and "Sec-WebSocket-Protocol: faceshot\r\n" in live.header, live.header)
        check(len(live.ask(picture)["faces"]) > 0, "a stream by TLS")
        live.close()
        check(WebSocket(server, "/v1/stream").status == 401, "a stream without a key")
        (folder / "keys").write_text("door another-key-0123456789\n")
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        while not server.events("reloaded") and time.monotonic() < deadline:
            time.sleep(0.05)
        check(server.ask("GET", "/v1/model", headers={"X-API-Key": key}).status == 401, "an old key after SIGHUP")
        check(server.ask("GET", "/v1/model", headers={"X-API-Key": "another-key-0123456789"}).status == 200, "a new key after SIGHUP")
        check(server.stop() == 0, "not ended with 0")
    text = json.dumps(server.log)
    check(key not in text and "another-key" not in text, "a key is in the log")


with tempfile.TemporaryDirectory() as name:
    with Server("--threads", "2", "--batch", "8") as server:
        for part in detect, pictures, batch, other_paths, stream, printing_decoder:
            part(server)
        check(server.stop() == 0, "not ended with 0")
    check(not server.events("no JSON") and not server.events("request failed"), f"log: {server.log[-5:]}")
    keys_and_tls(pathlib.Path(name))
finish()
