"""``.env.example`` describes every setting with its true default, and nothing that doesn't exist."""

import re
from pathlib import Path

from pydantic import BaseModel

from bot.core.settings import PACKAGE, Settings

ROOT = PACKAGE.parent
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "NAPCAT_TAG", "NAPCAT_WEBUI_TOKEN"}


def known(model: BaseModel, prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            found |= known(value, f"{prefix}{name.upper()}__")
        else:
            found[prefix + name.upper()] = value
    return found


def test_every_setting_is_described_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    described = dict(match.groups() for line in lines if (match := re.fullmatch(r"#?([A-Z][A-Z_]*)=(.*)", line)))
    defaults = known(Settings.model_construct())
    assert set(described) - COMPOSE_ONLY == set(defaults)
    for name, value in defaults.items():
        if name == "SUPERUSERS":
            continue
        if isinstance(value, bool):
            assert described[name] == str(value).lower(), name
        elif isinstance(value, float):
            assert float(described[name]) == value, name
        else:
            assert described[name] == ("" if value is None else str(value)), name


def test_compose_asks_for_what_the_example_names() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked <= named
    assert asked >= COMPOSE_ONLY


def test_the_paths_exist_that_the_container_copies() -> None:
    copied = re.findall(r"^COPY (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert copied
    assert all(Path(ROOT / path).exists() for path in copied)
