"""The kinds of questions. Apart from the tables, so that a child process that reads a file need not load them."""

from enum import StrEnum


class Kind(StrEnum):
    SINGLE = "单选"
    MULTIPLE = "多选"
    JUDGE = "判断"
    BLANK = "填空"
