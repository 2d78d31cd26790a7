#!/usr/bin/env python3
"""Writes the figures of docs/benchmarks.json between their marks in Markdown pages.

    <!--=GROUP.NAME-->0.873<!--/-->

    scripts/figures.py            fills all pages
    scripts/figures.py --check    changes nothing; lists the pages that differ, and fails
"""
import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
figures = json.loads((root / "docs/benchmarks.json").read_text())["figures"]
mark = re.compile(r"<!--=([\w.]+)-->(.*?)<!--/-->", re.S)


def value(match):
    group, _, name = match[1].partition(".")
    try:
        return f"<!--={match[1]}-->{figures[group]['values'][name]}<!--/-->"
    except KeyError:
        sys.exit(f"figures: docs/benchmarks.json has no figure {match[1]}")


differ = False
for page in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("models/*.md")]):
    text = page.read_text()
    filled = mark.sub(value, text)
    if filled == text:
        continue
    differ = True
    print(page.relative_to(root))
    if "--check" not in sys.argv[1:]:
        page.write_text(filled)
if differ and "--check" in sys.argv[1:]:
    sys.exit("figures: run scripts/figures.py")
