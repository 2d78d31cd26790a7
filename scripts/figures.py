#!/usr/bin/env python3
"""Writes the figures of docs/benchmarks.json into the pages, and draws docs/images/accuracy_speed.svg from them.

    <!--=GROUP.NAME-->0.873<!--/-->               one figure
    <!--table=networks--> ... <!--/table-->       the table of networks

    scripts/figures.py            fills all pages, draws the picture
    scripts/figures.py --check    changes nothing; lists the files that differ, and fails
"""
import json
import math
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
source = json.loads((root / "docs/benchmarks.json").read_text())
figures = source["figures"]
networks = source["networks"]["rows"]
mark = re.compile(r"<!--=([\w.]+)-->(.*?)<!--/-->", re.S)
table_mark = re.compile(r"<!--table=networks-->\n.*?<!--/table-->", re.S)


def value(match):
    group, _, name = match[1].partition(".")
    try:
        return f"<!--={match[1]}-->{figures[group]['values'][name]}<!--/-->"
    except KeyError:
        sys.exit(f"figures: docs/benchmarks.json has no figure {match[1]}")


def table(_):
    lines = ["| network | longer side | easy | medium | hard | ONNX Runtime | FaceShot fp32 | FaceShot bf16 |",
             "|---|---|---|---|---|---|---|---|"]
    for row in networks:
        lines.append("| {network} | {side} | {easy} | {medium} | {hard} | {ort} | {fp32} | {bf16} |".format(**row))
    return "<!--table=networks-->\n" + "\n".join(lines) + "\n<!--/table-->"


# --- the picture -------------------------------------------------------------------------------------------

colours = {"faceshot-nano": "#c2410c", "faceshot-small": "#7e22ce", "YuNet n": "#0369a1", "YuNet s": "#0e9384",
           "YuNet 2026may": "#64748b", "SCRFD-500M": "#15803d", "RetinaFace mnet0.25": "#a16207",
           "UltraFace slim": "#9d174d", "UltraFace RFB": "#4d4d4d"}
width, height, left, right, top, bottom = 560, 420, 56, 16, 44, 52


def panel(x0, set_name):
    """AP on one set over milliseconds: peers in ONNX Runtime, ours in FaceShot."""
    rows = [row for row in networks if row["ort"] and row[set_name]]
    times = [float(row[key]) for row in rows for key in ("ort", "bf16")]
    first, last = math.log(min(times) * 0.85), math.log(max(times) * 1.25)
    low = math.floor(min(float(row[set_name]) for row in rows) * 10) / 10
    high = math.ceil(max(float(row[set_name]) for row in rows) * 20) / 20

    def x(ms):
        return x0 + left + (math.log(ms) - first) / (last - first) * (width - left - right)

    def y(ap):
        return top + (high - ap) / (high - low) * (height - top - bottom)

    out = [f"<text x='{x0 + width / 2:.1f}' y='24' text-anchor='middle' font-size='16'>AP, WIDER FACE val, {set_name}</text>"]
    ap = low
    while ap < high + 1e-9:
        out.append(f"<path d='M{x0 + left} {y(ap):.1f}H{x0 + width - right}' stroke='#ddd'/>"
                   f"<text x='{x0 + left - 8}' y='{y(ap) + 4:.1f}' text-anchor='end'>{ap:.1f}</text>")
        ap += 0.1
    for ms in (1, 2, 5, 10, 20, 50, 100):
        if first < math.log(ms) < last:
            out.append(f"<path d='M{x(ms):.1f} {top}V{height - bottom}' stroke='#ddd'/>"
                       f"<text x='{x(ms):.1f}' y='{height - bottom + 18}' text-anchor='middle'>{ms}</text>")
    out.append(f"<text x='{x0 + (left + width - right) / 2:.1f}' y='{height - 12}' text-anchor='middle'>"
               "ms, network alone, one thread (peers in ONNX Runtime)</text>")
    names = list(dict.fromkeys(row["network"] for row in rows))
    for name in names:
        ours = name.startswith("faceshot")
        for key, dash in (("fp32", ""), ("bf16", " stroke-dasharray='5 3'")) if ours else (("ort", ""),):
            points = [(x(float(row[key])), y(float(row[set_name]))) for row in rows if row["network"] == name]
            line = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
            out.append(f"<polyline points='{line}' fill='none' stroke='{colours[name]}' "
                       f"stroke-width='{2.5 if ours else 1.5}'{dash}/>")
            out += [f"<circle cx='{px:.1f}' cy='{py:.1f}' r='{4 if ours else 3}' fill='{colours[name]}'/>"
                    for px, py in points]
    return out


def picture():
    names = list(dict.fromkeys(row["network"] for row in networks))
    legend = []
    for i, name in enumerate(names):
        ours = name.startswith("faceshot")
        px, py = 60 + 275 * (i % 4), height + 18 + 22 * (i // 4)
        label = name + (" (dashed: bf16)" if ours else "")
        legend.append(f"<path d='M{px - 34} {py - 5}h26' stroke='{colours[name]}' stroke-width='3'/>"
                      f"<text x='{px}' y='{py}'>{label}</text>")
    total = height + 18 + 22 * math.ceil(len(names) / 4)
    return "\n".join([
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {2 * width} {total}' width='{2 * width}' "
        f"height='{total}' font-family='sans-serif' font-size='13' fill='#222'>",
        "<rect width='100%' height='100%' fill='#fff'/>", *panel(0, "medium"), *panel(width, "hard"), *legend,
        "</svg>", ""])


check = "--check" in sys.argv[1:]
differ = False
contents = {}
for page in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("models/*.md")]):
    contents[page] = table_mark.sub(table, mark.sub(value, page.read_text()))
contents[root / "docs/images/accuracy_speed.svg"] = picture()
for file, text in contents.items():
    if file.exists() and file.read_text() == text:
        continue
    differ = True
    print(file.relative_to(root))
    if not check:
        file.write_text(text)
if differ and check:
    sys.exit("figures: run scripts/figures.py")
