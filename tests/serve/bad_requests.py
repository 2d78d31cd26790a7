#!/usr/bin/env python3
"""Bad requests by the thousand: structure (headers, lengths, chunks, forms) and bytes. None may end the server, each must be answered
with a correct status, and memory must stay bounded.
  bad_requests.py FACESHOT SOURCE COUNT [SEED]"""
import random
import zlib

from service import *

count = int(sys.argv[3])
rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 27)
seeds = [path.read_bytes() for path in sorted((pathlib.Path(source) / "fuzz/seeds/photograph").iterdir())] + [picture]
closed = 0  # the connection ends without an answer


def request(method="POST", path="/v1/detect", headers=(), body=b"", length=None, host="Host: x", version="HTTP/1.1", last=True):
    lines = [f"{method} {path} {version}"] + ([host] if host else []) + list(headers)
    if last:
        lines.append("Connection: close")
    if length is None and method == "POST" and not any("ncoding" in line for line in headers):
        length = len(body)
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join(lines + ["", ""]).encode("latin-1") + body


def noise(most):
    return rng.randbytes(rng.randrange(1, most))


def token(most=12):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-_~") for _ in range(rng.randrange(1, most)))


def mutated(data):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del data[at:at + rng.randrange(1, 64)]
        else:
            data[at:at] = rng.choice((b"\0" * 8, b"\xff" * 8, noise(16), bytes(data[:32])))
        if not data:
            return b"\0"
    return bytes(data)


def png(width, height, packed=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", packed or zlib.compress(b"\0" * 100)) + chunk(b"IEND", b""))


# Each returns (bytes to send, correct statuses).

def junk():
    first = rng.choice((noise(200), b"\x16\x03\x01" + noise(100), b"\r\n" * 50 + noise(20), b"GET", b"\0" * 100, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
    return first, {400, 501, 505, closed}


def cut_off():
    whole = request(body=picture, headers=["Content-Type: image/jpeg"], last=False)
    return whole[:rng.randrange(1, len(whole))], {closed}


def longer_than_said():
    # Bytes after a body are another request.
    return request(body=picture) + noise(100), {200}


def header_flood():
    kind = rng.randrange(3)
    if kind == 0:
        lines = [f"X-{i}: {token()}" for i in range(rng.randrange(1500, 6000))]
    elif kind == 1:
        lines = ["X: " + "a" * rng.randrange(17000, 200000)]
    else:
        lines = ["a" * rng.randrange(17000, 100000) + ": 1"]
    return request("GET", "/healthz", lines), {431}


def long_path():
    return request("GET", "/" + "a" * rng.randrange(2100, 15000)), {414}


def other_path():
    path = rng.choice(("/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/shadow", "/app.js/..", "//etc/passwd", "/./", "/v1/detect/",
                       "/v1/../metrics", "/favicon.ico", "/" + token(), "/.git/config", "/page/index.html", "/app.js%00.png", "/v1/detect;x"))
    return request(rng.choice(("GET", "POST")), path), {404}


def other_method():
    if rng.randrange(2):
        return request(token().upper().replace("_", ""), "/v1/detect"), {400, 405, 501}
    return request(rng.choice(("PUT", "DELETE", "PATCH", "TRACE", "GET", "HEAD")), "/v1/detect"), {405}


def bad_length():
    value = rng.choice(("-1", "1e3", "0x10", " ", "99999999999999999999999", "+5", "5,5", "5 5", "", "ten"))
    return request(length=value, body=b"12345"), {400, 413}


def too_long():
    return request(length=rng.randrange(2_000_001, 2**62)), {413}


def two_lengths():
    headers = rng.choice((["Content-Length: 5"], ["Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
                          ["Transfer-Encoding: gzip, chunked"], ["Transfer-Encoding: identity"], ["Transfer-Encoding: xchunked"],
                          ["Transfer-Encoding: chunked, gzip"], ["Transfer-Encoding : chunked"]))
    return request(headers=headers, length=6, body=b"0\r\n\r\nX"), {400}


def bad_chunks():
    body = rng.choice((b"5\r\n123456\r\n0\r\n\r\n", b"zz\r\n", b"-1\r\n", b"5 5\r\n12345\r\n", b"ffffffffffffffffff\r\n", b"0x5\r\n12345\r\n0\r\n\r\n",
                       b"5;" + b"a" * 70000 + b"\r\n12345\r\n0\r\n\r\n", b"\r\n\r\n", b"5\r\n12345", b"5\r\n12345\r\n0\r\nX: " + b"y" * 70000 + b"\r\n\r\n",
                       b"7fffffff\r\n" + b"x" * 100, b"5\n12345\n0\n\n", b"1\r\na\r\n" * 3000 + b"q\r\n"))
    return request(headers=["Transfer-Encoding: chunked"], body=body, last=False), {400, 413, 415, 431, closed}


def endless_chunks():
    return request(headers=["Transfer-Encoding: chunked"], body=(b"10000\r\n" + b"x" * 65536 + b"\r\n") * 41), {413}


def bad_header():
    line = rng.choice(("no colon", ": empty", "a b: c", "X: a\x00b", "X: a\x01b", "X\x7f: y", "X: y\nZ: w", "(x): y"))
    return request("GET", "/healthz", [line]), {400}


def bad_host():
    return (request("GET", "/healthz", host=None), {400}) if rng.randrange(2) else (request("GET", "/healthz", ["Host: y"]), {400})


def bad_version():
    return request("GET", "/healthz", version=rng.choice(("HTTP/2.0", "HTTP/9.9", "HTTP/1.2", "HTTP/0.9", "HTTP/1", "http/1.1", "HTTP/1.1x"))), {400, 505}


def bad_expect():
    return request(headers=["Expect: " + token()], body=picture), {417}


def wrong_type():
    kind = rng.choice(("text/plain", "text/html", "application/xml", "video/mp4", "image", "a/b/c", "multipart/mixed; boundary=x", "application/jsonx", "\xff/\xfe"))
    return request(headers=["Content-Type: " + kind], body=picture), {415}


def not_acceptable():
    return request(headers=["Accept: " + rng.choice(("text/html", "video/*", "application/json;q=0", "x", "image/bmp"))], body=picture), {406}


def bad_option():
    query = rng.choice(("threshold=2", "threshold=nan", "max_side=1e9", "max_side=-64", "nms=x", "a=b", "threshold", "threshold=0.5&threshold=0.5", "%zz=1",
                        "threshold=%", token() + "=" + token(), "&".join("a=1" for _ in range(50)), "style=blur", "max_side=64.5"))
    return request(path="/v1/detect?" + query, body=picture), {400}


def empty_body():
    return request(headers=rng.choice(([], ["Content-Type: image/png"], ["Content-Type: application/json"], ["Content-Type: multipart/form-data; boundary=x"]))), {400}


def no_picture():
    body = rng.choice((noise(2000), b"<svg/>", b"%PDF-1.4", b"GIF", b"BM", b"\xff\xd8", b"RIFF....WEBP", b"MM\0*", b"\0\0\0\x18ftypheic", b"II*\0" + noise(100)))
    return request(body=body), {413, 415, 422}


def bomb():
    side = rng.choice((2500, 30000, 2**31 - 1))
    kind = rng.randrange(6)
    if kind == 0:
        data = png(side, side, zlib.compress(b"\0" * 300000))
    elif kind == 1:
        data = b"\xff\xd8\xff\xc0\0\x11\x08" + struct.pack(">HH", min(side, 65500), min(side, 65500)) + b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01" + b"\xff\xd9"
    elif kind == 2:
        data = b"GIF89a" + struct.pack("<HH", min(side, 65535), min(side, 65535)) + b"\x80\0\0\0\0\0\xff\xff\xff," + struct.pack("<HHHH", 0, 0, min(side, 65535), min(side, 65535)) + b"\0\x02\x02L\x01\0;"
    elif kind == 3:
        data = b"BM" + struct.pack("<IHHI", 200, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0) + b"\0" * 146
    elif kind == 4:
        data = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (min(side, 2**24) - 1).to_bytes(3, "little") * 2
    else:
        tags = [(256, 4, side), (257, 4, side), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1), (278, 4, side), (279, 4, 100)]
        data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in tags) + b"\0" * 104
    return request(path=rng.choice(("/v1/detect", "/v1/anonymize")), body=data), {413, 415, 422}


def bad_json():
    encoded = base64.b64encode(picture).decode()
    body = rng.choice(("{", "[]", "null", '{"image": 5}', '{"image": "' + encoded[:-3] + '!"}', '{"url": "http://169.254.169.254/"}', "[" * rng.randrange(1, 500000),
                       '{"image": ' + "[" * 300000, '{"a":' * 100000, '{"image": "' + encoded + '", "image": "' + encoded + '"}', '{"image": "' + encoded,
                       '{"image": ["' + encoded + '"]}', '"' + "\\u0000" * 1000 + '"', '{"image": "\xff"}', '{"image": "data:image/jpeg,x"}', "1e999999"))
    return request(headers=["Content-Type: application/json"], body=body.encode("latin-1")), {400}


def bad_multipart():
    body, kind = multipart([picture])
    how = rng.randrange(8)
    if how == 0:
        body = body[:rng.randrange(1, len(body) - 4)]
    elif how == 1:
        body, kind = multipart([picture], "photo")
    elif how == 2:
        kind = "multipart/form-data; boundary=" + rng.choice(("", "x" * 80, "other", '"', "a\x01"))
    elif how == 3:
        body, _ = multipart([picture] * 2)
    elif how == 4:
        body, _ = multipart([b""] * 500)
    elif how == 5:
        body = body.replace(b"Content-Type: image/jpeg", b"X: " + b"y" * 6000, 1)
    elif how == 6:
        body = body.replace(b"\r\n\r\n", b"\n\n", 1)
    else:
        body = b"--e3b0c442\r\n" * 3000
    return request(headers=["Content-Type: " + kind], body=body), {400, 413, 415}


def bad_batch():
    body, kind = multipart([rng.choice((picture, noise(100), mutated(picture))) for _ in range(rng.randrange(1, 8))])
    return request(path="/v1/detect:batch", headers=["Content-Type: " + kind], body=body), {200}


def damaged_picture():
    data = mutated(rng.choice(seeds)) if rng.randrange(3) else rng.choice(seeds)[:rng.randrange(1, 3000)]
    return request(path=rng.choice(("/v1/detect", "/v1/anonymize")), body=data), {200, 413, 415, 422}


def mutated_request():
    # Whatever the outcome, the server must not fail.
    body, kind = multipart([picture[:3000]])
    whole = rng.choice((request(body=picture[:3000], last=False), request(headers=["Content-Type: " + kind], body=body, last=False), request("GET", "/v1/model", last=False)))
    head, _, rest = whole.partition(b"\r\n\r\n")
    return mutated(head) + b"\r\n\r\n" + (mutated(rest) if rest else b""), set(range(200, 300)) | set(range(400, 500)) | {closed, 501, 505}


def bad_handshake():
    lines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef").decode(), "Sec-WebSocket-Version: 13"]
    del lines[rng.randrange(len(lines))]
    return request("GET", "/v1/stream", lines, last=False), {400, 426}


def bad_frames():
    lines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + base64.b64encode(b"0123456789abcdef").decode(), "Sec-WebSocket-Version: 13"]
    frames = rng.choice((b"\x82\x05hello", b"\x83\x80\0\0\0\0", b"\x82\xff" + b"\xff" * 8 + b"\0" * 4, b"\xf2\x80\0\0\0\0", b"\x89\xfe\0\xff" + noise(100), b"\x80\x80\0\0\0\0",
                         b"\x81\x82\0\0\0\0\xff\xfe", b"\x88\x81\0\0\0\0\x03", noise(300), b"\x02\x80\0\0\0\0\x02\x80\0\0\0\0"))
    return request("GET", "/v1/stream", lines, last=False) + frames, {101, 400, closed}


def many_at_once():
    return request("GET", "/healthz", last=False) * rng.randrange(2, 200) + request("GET", "/healthz"), {200}


generators = [junk, cut_off, longer_than_said, header_flood, long_path, other_path, other_method, bad_length, too_long, two_lengths, bad_chunks, endless_chunks,
              bad_header, bad_host, bad_version, bad_expect, wrong_type, not_acceptable, bad_option, empty_body, no_picture, bomb, bad_json, bad_multipart,
              bad_batch, damaged_picture, damaged_picture, damaged_picture, mutated_request, mutated_request, bad_handshake, bad_frames, many_at_once]


def run(server):
    statuses = {}
    memory = 0
    for i in range(count):
        generator = generators[i % len(generators)]
        data, right = generator()
        started = time.monotonic()
        answer = server.raw(data, 30)
        status = status_of(answer)
        statuses[status] = statuses.get(status, 0) + 1
        if status not in right or time.monotonic() - started > 10:
            check(False, f"case {i}, {generator.__name__}: {status}, not {sorted(right)}, in {time.monotonic() - started:.1f} s: {data[:300]} -> {answer[:300]}")
        if generator is many_at_once:
            check(answer.count(b"HTTP/1.1 200 OK") == data.count(b"GET /healthz"), f"case {i}: {answer.count(b'HTTP/1.1 200')} answers")
        if i % 100 == 99:
            memory = max(memory, server.memory())
            check(server.process.poll() is None, f"case {i}: the server has ended")
            if server.process.poll() is not None or failed > 20:
                break
    print(f"{count} bad requests:", ", ".join(f"{number} x {status or 'closed'}" for status, number in sorted(statuses.items())), f"; {memory / 1e6:.0f} MB")
    check(memory < int(os.environ.get("FACESHOT_TEST_MEMORY", 700_000_000)), f"{memory} bytes of memory")


with Server("--threads", "2", "--max-upload", "2MB", "--max-megapixels", "4", "--batch", "16", *os.environ.get("FACESHOT_TEST_OPTIONS", "").split()) as server:
    run(server)
    good = server.ask("POST", "/v1/detect", picture)
    check(good.status == 200 and len(good.json()["faces"]) > 0, "a good request afterwards")
    check(server.stop() == 0, f"ended with {server.process.returncode}")
check(not server.events("request failed") and not server.events("a worker failed") and not server.events("no JSON"),
      f"{[entry for entry in server.log if entry['event'] not in ('request', 'listening')][:5]}")
finish()
