#!/usr/bin/env python3
"""The OpenAPI document against the server: each path exists, each example runs, and the answers match the document.
  openapi.py FACESHOT SOURCE"""
import shlex

from service import *

kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def resolved(node):
    while "$ref" in node:
        path = node["$ref"].removeprefix("#/").split("/")
        node = document
        for step in path:
            node = node[step]
    return node


def fault(value, schema):
    """How a value violates the schema, for the JSON Schema keywords that the document uses; None: it does not."""
    schema = resolved(schema)
    for one in schema.get("allOf", []):
        if found := fault(value, one):
            return found
    if "anyOf" in schema:
        found = [fault(value, one) for one in schema["anyOf"]]
        if None not in found:
            return found[0]
    if "enum" in schema and value not in schema["enum"]:
        return f"{value} is none of {schema['enum']}"
    if "type" not in schema:
        return None
    if not isinstance(value, kinds[schema["type"]]) or isinstance(value, bool) != (schema["type"] == "boolean"):
        return f"{value} is no {schema['type']}"
    if schema["type"] == "object":
        for name in schema.get("required", []):
            if name not in value:
                return f"no '{name}' in {value}"
        for name, own in value.items():
            if name in schema.get("properties", {}) and (found := fault(own, schema["properties"][name])):
                return found
    if schema["type"] == "array":
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{len(value)} items"
        for item in value:
            if "items" in schema and (found := fault(item, schema["items"])):
                return found
    if schema["type"] in ("integer", "number") and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"{value} is out of bounds"
    return None


def check_answer(name, operation, status, content_type, body):
    response = operation["responses"].get(str(status))
    if response is None:
        check(False, f"{name}: {status} is not documented: {body[:200]}")
        return
    content = resolved(response).get("content", {})
    kind = content_type.partition(";")[0]
    check(kind in content, f"{name}: {kind} is not documented for {status}")
    if kind in content and kind.endswith("json"):
        check((found := fault(json.loads(body), content[kind]["schema"])) is None, f"{name}: {found}")


def examples_of(node):
    """All examples with their schemas."""
    if isinstance(node, dict):
        if "schema" in node:
            for example in [one["value"] for one in node.get("examples", {}).values()] + ([node["example"]] if "example" in node else []):
                yield example, node["schema"]
        for own in node.values():
            yield from examples_of(own)
    elif isinstance(node, list):
        for own in node:
            yield from examples_of(own)


def run_sample(server, name, operation, sample, folder):
    """A command of the document, with the address of this server."""
    words = shlex.split(sample["source"].replace("http://127.0.0.1:8080", "http://%s:%d" % server.address))
    head, out = folder / "head", folder / "out"
    if "-o" in words:
        at = words.index("-o")
        out = folder / words[at + 1]
    else:
        words += ["-o", str(out)]
    subprocess.run([*words, "-s", "-D", str(head)], check=True, cwd=folder)
    lines = head.read_bytes().decode().split("\r\n\r\n")[-2].split("\r\n")
    status = int(lines[0].split()[1])
    kind = next(line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("content-type:"))
    check(status == 200, f"{sample['source']}: {status}")
    check_answer(sample["source"], operation, status, kind, out.read_bytes())


document = json.loads((pathlib.Path(source) / "src/serve/openapi.json").read_text())
with tempfile.TemporaryDirectory() as name, Server("--threads", "1") as server:
    folder = pathlib.Path(name)
    for file in "photo.jpg", "other.jpg":
        (folder / file).write_bytes(picture)
    check(server.ask("GET", "/openapi.json").json() == document, "/openapi.json is another document")
    examples = list(examples_of(document))
    for value, schema in examples:
        check((found := fault(value, schema)) is None, f"an example: {found}")
    ran = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for sample in operation.get("x-codeSamples", []):
                run_sample(server, path, operation, sample, folder)
                ran += 1
            content = operation.get("requestBody", {}).get("content", {})
            for example in content.get("application/json", {}).get("examples", {}).values():
                for accept in [kind for kind in operation["responses"]["200"]["content"]]:
                    answer = server.ask(method.upper(), path, json.dumps(example["value"]), {"Content-Type": "application/json", "Accept": accept})
                    check(answer.status == 200 and answer.headers["Content-Type"] == accept, f"{path}: {answer.status} {answer.headers['Content-Type']}")
                    check_answer(path, operation, answer.status, answer.headers["Content-Type"], answer.body)
                    ran += 1
            for bad in [b"", b"no picture", picture[:30]]:
                answer = server.ask(method.upper(), path + "?treshold=1", bad)
                if method == "post":
                    check(answer.status >= 400, f"{path}: {answer.status} for what is none")
                    check_answer(path, operation, answer.status, answer.headers["Content-Type"], answer.body)
    check(fault({"width": "1", "height": 2, "faces": []}, {"$ref": "#/components/schemas/Photograph"}) is not None, "faults are not found")
    check(ran > 10 and len(examples) > 10, "there are hardly any examples")
finish()
