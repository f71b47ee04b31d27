#!/usr/bin/env python3
"""Takes a picture of the demo at work: runs `musubi demo` in a terminal of its own and draws its last frame as SVG.

    python3 docs/images/capture.py target/release/musubi docs/images/demo.svg [seconds]

Needs nothing but Python and a Unix. Every character in the picture was printed by the program.
"""
import os
import pty
import re
import struct
import subprocess
import sys
import unicodedata
from fcntl import ioctl
from termios import TIOCSWINSZ
from xml.sax.saxutils import escape

COLUMNS, ROWS = 100, 34
WIDE, HIGH, LEFT, TOP = 8.4, 19, 18, 44
COLOURS = {"32": "#7ee787", "33": "#e3b341", "2": "#8b949e"}


def run(program, seconds):
    """Everything the program printed."""
    here, there = pty.openpty()
    ioctl(there, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    child = subprocess.Popen([program, "demo", "--seconds", str(seconds)], stdin=there, stdout=there, close_fds=True)
    os.close(there)
    printed = b""
    while True:
        try:
            some = os.read(here, 65536)
        except OSError:
            break
        if not some:
            break
        printed += some
    child.wait()
    return printed.decode("utf-8", "replace")


def last_frame(printed):
    """The lines of the last whole picture: frames begin by going to the top left."""
    frames = [frame for frame in printed.split("\x1b[H") if "\x1b[J" in frame]
    frame = frames[-1].split("\x1b[J")[0]
    return [line.replace("\x1b[K", "") for line in frame.replace("\r", "").split("\n")]


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def runs(line):
    """Pieces of a line with the column they begin at, their colour and whether they are bold."""
    column, colour, bold = 0, None, False
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if not code:
            # Each word stands at its own column, so that no font can shift what follows it.
            for word in re.finditer(r"\S+(?: \S+)*", piece):
                yield column + width(piece[: word.start()]), colour, bold, word.group()
            column += width(piece)
        elif code.group(1) in ("0", ""):
            colour, bold = None, False
        elif code.group(1) == "1":
            bold = True
        else:
            colour = COLOURS.get(code.group(1), colour)


def draw(lines):
    across, down = LEFT * 2 + COLUMNS * WIDE, TOP + HIGH * len(lines) + 14
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:.0f} {down:.0f}" role="img" '
        'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'Noto Sans Mono CJK JP\', monospace" font-size="14">',
        "<title>musubi demo: two CRM orgs kept in agreement, edits arriving in milliseconds</title>",
        f'<rect width="100%" height="100%" rx="10" fill="#0d1117"/>',
    ]
    for at, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        out.append(f'<circle cx="{LEFT + 6 + at * 20}" cy="20" r="6" fill="{colour}"/>')
    for row, line in enumerate(lines):
        for column, colour, bold, text in runs(line):
            weight = ' font-weight="bold"' if bold else ""
            length = f'{width(text) * WIDE:.1f}'
            out.append(
                f'<text x="{LEFT + column * WIDE:.1f}" y="{TOP + row * HIGH + 12}" fill="{colour or "#e6edf3"}"{weight} '
                f'textLength="{length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>'
            )
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    lines = last_frame(run(sys.argv[1], seconds))
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(draw(lines))
    print(f"{len(lines)} lines drawn to {sys.argv[2]}")


if __name__ == "__main__":
    main()
