"""Settings, from the environment or ``.env``; every one is described in ``.env.example``.

NoneBot's own names stay as they are (HOST, PORT, ONEBOT_ACCESS_TOKEN …); the project's own live under ``XUEBAN__``.
"""

import os
import re
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the package ``bot``: code and migrations are found from here, never from the working directory."""

SHIPPED = PACKAGE / "data" if (PACKAGE / "data").is_dir() else PACKAGE.parent / "data"
"""What comes with the product (word list, holidays, samples): inside the package where a wheel was
installed, beside it in a checkout. What the bot itself keeps is under ``Xueban.data_dir``."""


class DeliverySettings(BaseModel):
    """How messages leave. All times in seconds."""

    lease: float = Field(30.0, gt=0, description="how long a claimed message belongs to the worker that claimed it")
    send_timeout: float = Field(30.0, gt=0, description="how long to wait for the answer to a send")
    pace: float = Field(1.5, ge=0, description="mean pause between two messages of one account; 0 turns pacing off")
    jitter: float = Field(0.5, ge=0, description="random share added to the pace")
    burst: int = Field(20, ge=1, description="messages of one account in flight at once when pacing is off")
    poll: float = Field(5.0, gt=0, description="safety net: look for due messages at least this often")
    absent_gap: float = Field(
        60.0,
        gt=0,
        description="a message must be missing from history twice, this far apart: longer than a lease, so that a "
        "process that stood still has given it up by then",
    )
    reconcile_for: float = Field(180.0, gt=0, description="after this an unresolved unknown goes to a person")
    reopen: float = Field(
        300.0, gt=0, description="ask this often whether an account that was muted or removed may write there again"
    )
    circuit_after: int = Field(5, ge=1, description="unknowns in a row that open an account's circuit")
    circuit_for: float = Field(120.0, gt=0, description="how long an open circuit stays open")


class ModelSettings(BaseModel):
    """An OpenAI-compatible model that may propose questions for a discussion, and drafts of those to be answered; off
    without ``url`` and ``name``."""

    url: str = ""
    name: str = ""
    key: str = ""
    timeout: float = Field(8.0, gt=0, description="how long to wait for its answer (s)")


class Xueban(BaseModel):
    """The project's own settings (``XUEBAN__…``)."""

    data_dir: Path = Path("data")
    allow_without_tokens: bool = False
    fetch_private_addresses: bool = False
    public_url: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    tick: float = Field(1.0, gt=0, description="how often the clock looks for due slots (s)")
    metrics_token: str = Field("", description="what Prometheus must show at /metrics; without it there is no page")
    alert_webhook: str = Field("", description="where the operator is told by HTTP what needs a hand; empty: nowhere")
    keep_months: int = Field(12, ge=12, description="how many months records are kept in full; then their totals")
    quiet_ack: float = Field(8.0, gt=0, description="how long acknowledgements are collected into one line (s)")
    delivery: DeliverySettings = DeliverySettings()
    model: ModelSettings = ModelSettings()

    @field_validator("public_url")
    @classmethod
    def _a_web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            raise ValueError
        return value.rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """All settings of one process. Raises ``pydantic.ValidationError`` naming the variable that is wrong."""

    model_config = SettingsConfigDict(env_file=".env", env_nested_delimiter="__", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    superusers: frozenset[str] = frozenset()
    onebot_access_token: str = ""
    onebot_secret: str = ""
    database_url: str = ""
    xueban: Xueban = Xueban()

    @field_validator("host")
    @classmethod
    def _an_address(cls, value: str) -> str:
        value = "127.0.0.1" if value == "localhost" else value
        try:
            ip_address(value)
        except ValueError:
            raise PydanticCustomError("address", "no IP address") from None
        return value

    @field_validator("superusers", mode="before")
    @classmethod
    def _ids_are_text(cls, value: object) -> object:
        return {str(item) for item in value} if isinstance(value, list | set | frozenset | tuple) else value

    @property
    def database(self) -> str:
        """The SQLAlchemy async URL in force."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.xueban.data_dir / 'xueban.db').resolve()}"

    @property
    def media_dir(self) -> Path:
        return self.xueban.data_dir / "media"

    @property
    def hot_dir(self) -> Path:
        """Where the operator puts files with hot words."""
        return self.xueban.data_dir / "hot"

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.xueban.delivery.lease)

    @property
    def listens_on_loopback(self) -> bool:
        return ip_address(self.host).is_loopback


_WORDS = {
    "int_parsing": "要写整数",
    "int_type": "要写整数",
    "float_parsing": "要写数字",
    "float_type": "要写数字",
    "bool_parsing": "要写 true 或 false",
    "address": "要写 IP 地址,如 127.0.0.1",
    "value_error": "要写网址,如 https://xueban.example.cn",
    "set_type": '要写成一列,如 ["12345678"]',
    "frozen_set_type": '要写成一列,如 ["12345678"]',
}
_BOUNDS = {"greater_than": "大于", "greater_than_equal": "不小于", "less_than": "小于", "less_than_equal": "不大于"}


def faults(error: ValidationError | SettingsError) -> list[str]:
    """What is wrong with the settings, a line of Chinese for each, that names the variable."""
    if isinstance(error, SettingsError):
        found = re.search(r'field "(\w+)"', str(error))
        name = found[1].upper() if found else "(看不出是哪一项)"
        return [f'设置 {name} 不对:要写成 JSON,如 ["12345678"]。各项设置的说明见 .env.example。']
    lines = []
    for item in error.errors():
        name, kind = "__".join(str(part) for part in item["loc"]).upper(), item["type"]
        told = _WORDS.get(kind, "这个值用不了")
        if kind == "literal_error":
            told = f"要写 {item['ctx']['expected'].replace(' or ', ' 或 ').replace(', ', '、')}".replace("'", "")
        if kind in _BOUNDS:
            told = f"要{_BOUNDS[kind]} {next(iter(item['ctx'].values()))}"
        lines.append(f"设置 {name} 不对:{told}。各项设置的说明见 .env.example。")
    return lines


def strangers(file: Path) -> list[str]:
    """The names of ours (``XUEBAN_…``) in the environment and in ``file`` that are no settings."""
    given = {name.upper() for name in (*os.environ, *dotenv_values(file)) if name.upper().startswith("XUEBAN_")}
    known = {f"XUEBAN__{name}".upper() for name in Xueban.model_fields}
    known |= {f"XUEBAN__DELIVERY__{name}".upper() for name in DeliverySettings.model_fields}
    known |= {f"XUEBAN__MODEL__{name}".upper() for name in ModelSettings.model_fields}
    return sorted(given - known)
