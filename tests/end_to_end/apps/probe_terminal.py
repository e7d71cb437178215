"""Prints, on the terminal it runs in, what ``hallterm.terminal`` makes of it; the argument is the setting."""

from __future__ import annotations

import os
import sys

from hallterm.terminal import decide, look_at_terminal


def main() -> None:
    """One row an answer, then ``done``."""
    answer = look_at_terminal(limit_s=float(sys.argv[2]) if len(sys.argv) > 2 else 30.0)
    dress = decide(sys.argv[1], os.environ, answer)
    print(f"answer {answer.after_chinese} {answer.after_block}")
    print(f"language {dress.language} ansi {dress.ansi_theme}")
    print(f"remark {dress.remark}")
    print("textual loaded", "textual" in sys.modules)
    print("done")


if __name__ == "__main__":
    main()
