"""All figures of one run, on one page: ``python -m benchmarks.report`` writes ``benchmarks/results.md``.

Names of benchmarks as arguments measure only these; the page keeps what it said of the others.
"""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parent / "results.md"
BENCHMARKS = {
    "chat": ("benchmarks.chat",),
    "day": ("benchmarks.day", "--minutes", "5"),
    "receipts": ("benchmarks.receipts",),
    "figures": ("benchmarks.figures",),
    "discussion": ("benchmarks.discussion",),
    "scale": ("benchmarks.scale",),
}
COMPARED = ("nonebot2", "nonebot-adapter-onebot", "aiocqhttp", "sqlalchemy", "uvloop", "websockets")
HEAD = """# What was measured

Written by `make bench`; see the README for what it means. Figures of one block are of one run, taken one after the
other on a machine that also makes the load: ratios carry over to other machines, seconds don't.
"""


def machine() -> str:
    """When and where, without any name of the place."""
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*: (.*)", told)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores, {model[1] if model else platform.machine()}; "
        f"load before {load}; Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in COMPARED)
        + koishi()
    )


def koishi() -> str:
    """Its version, where it is measured."""
    folder = os.environ.get("KOISHI")
    found = Path(folder, "koishi", "package.json") if folder else None
    told = re.search(r'"version": "([^"]+)"', found.read_text(encoding="utf-8")) if found and found.exists() else None
    return f", Koishi {told[1]}" if told else ""


def block(name: str) -> str:
    """Measure it. Raises ``CalledProcessError``."""
    before = machine()
    done = subprocess.run([sys.executable, "-m", *BENCHMARKS[name]], stdout=subprocess.PIPE, check=True, text=True)
    print(done.stdout, flush=True)
    return f"## {' '.join(BENCHMARKS[name])}\n\n{before}\n\n```\n{done.stdout.rstrip()}\n```\n"


def main() -> None:
    known = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    blocks = {each.split()[1].removeprefix("benchmarks."): each for each in re.split(r"(?m)^(?=## )", known)[1:]}
    for name in sys.argv[1:] or BENCHMARKS:
        blocks[name] = block(name)
        whole = [HEAD, *(blocks[each].rstrip() + "\n" for each in BENCHMARKS if each in blocks)]
        PAGE.write_text("\n".join(whole), encoding="utf-8")


if __name__ == "__main__":
    main()
