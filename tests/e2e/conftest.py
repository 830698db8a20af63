"""Browsers are waited for as long as everything else."""

from playwright.async_api import expect

from tests.process import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
