"""Run as a process of its own by `core.drawing.png`: an SVG on its input becomes a PNG on its output, in bounded memory.

Its arguments are the folder of the fonts, and the width and height of the picture in pixels.
"""

import resource
import sys

from resvg_py import svg_to_bytes

MOST_MEMORY = 1 << 30


def main(fonts: str, width: str, height: str) -> None:
    """Draws, or ends with an error where the memory is not enough."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    text = sys.stdin.buffer.read().decode()
    picture = svg_to_bytes(svg_string=text, font_dirs=[fonts], skip_system_fonts=True, width=int(width), height=int(height))
    sys.stdout.buffer.write(bytes(picture))


if __name__ == "__main__":
    main(*sys.argv[1:])
