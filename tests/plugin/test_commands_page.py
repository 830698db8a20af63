"""``docs/commands.md`` says what the command table says."""

import subprocess
import sys

from bot.core.settings import PACKAGE


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, "-m", "scripts.commands_page", "--check"]
    checked = subprocess.run(command, cwd=PACKAGE.parent, check=False)
    assert checked.returncode == 0, "run make docs"
