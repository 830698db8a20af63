"""What an installation from a wheel needs is in the wheel."""

import tomllib

from bot.core.settings import PACKAGE, SHIPPED

ROOT = PACKAGE.parent


def test_everything_shipped_under_data_is_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    ours = {path.name for path in SHIPPED.iterdir() if path.is_dir()} - ignored()
    assert ours
    assert included == {f"data/{name}": f"bot/data/{name}" for name in sorted(ours)}


def ignored() -> set[str]:
    """Folders under ``data/`` that belong to a running bot and not to the product."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return {line.removeprefix("/data/").strip("/") for line in lines if line.startswith("/data/")}
