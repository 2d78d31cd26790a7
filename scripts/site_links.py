"""A hook of mkdocs (mkdocs.yml): pages link to files outside docs/, which the site lacks.

Each such file is copied into the site as text, a folder as its list of files, and the link follows it.
"""
import pathlib
import re

root = pathlib.Path(__file__).resolve().parent.parent
outside = re.compile(r"\[([^]]+)\]\(\.\./([^)#]+)(?:#[^)]*)?\)")
linked = set()


def on_page_markdown(markdown, **_):
    def link(match):
        path = match[2].rstrip("/")
        linked.add(path)
        # As HTML, since mkdocs checks the links in Markdown before the copies exist.
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", match[1])
        return f'<a href="source/{path}.txt">{text}</a>'

    return outside.sub(link, markdown)


def on_post_build(config, **_):
    for path in sorted(linked):
        source = root / path
        if source.is_dir():
            files = sorted(f for f in source.rglob("*") if f.is_file())
            text = "\n".join(str(f.relative_to(root)) for f in files) + "\n"
        else:
            text = source.read_text(encoding="utf-8")
        copy = pathlib.Path(config["site_dir"]) / "source" / f"{path}.txt"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
