"""Reading the parameters of an action: OneBot lets numbers come as strings and booleans as words."""

import math
from collections.abc import Mapping
from typing import Any

from bot.simulator.errors import bad

_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no", ""}


class Params:
    """The parameters of one call. Every getter raises the 1400 answer if the value doesn't fit."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def all(self) -> dict[str, Any]:
        return dict(self._values)

    def raw(self, key: str) -> Any:
        return self._values.get(key)

    def has(self, key: str) -> bool:
        return self._values.get(key) is not None

    def number(self, key: str, default: int | None = None) -> int:
        value = self._values.get(key)
        if value is None or value == "":
            if default is None:
                raise bad(f"Key: {key}, Message: Expected required property")
            return default
        if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) <= 20:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            return int(value)
        raise bad(f"Key: {key}, Message: Expected number")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.get(key)
        if value is None:
            if default is None:
                raise bad(f"Key: {key}, Message: Expected required property")
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise bad(f"Key: {key}, Message: Expected string")

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._values.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        word = str(value).lower()
        if isinstance(value, str | int) and word in _TRUE | _FALSE:
            return word in _TRUE
        raise bad(f"Key: {key}, Message: Expected boolean")

    def rows(self, key: str) -> list[Any]:
        value = self._values.get(key)
        if not isinstance(value, list):
            raise bad(f"Key: {key}, Message: Expected array")
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        value = self._values.get(key)
        if not isinstance(value, dict):
            raise bad(f"Key: {key}, Message: Expected object")
        return value
