"""Takes one guard at a time out of a copy of the tree and runs the tests that must turn red then.

``python -m scripts.guards [WORD…]`` tries those in whose name one of the words is (none: all), and ends with status 1
if one survived. Every comparison of a query with a branch and every ``raise NotAllowed`` is a guard by itself; the
others are written down in ``OTHERS``. SECURITY.md says what they are against.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 2
WALLS = "tests/unit/test_walls.py"
RIGHTS = "tests/plugin/test_rights.py"
REFUSALS = f"{RIGHTS} tests/plugin/test_offices.py tests/plugin/test_notice_life.py tests/plugin/test_roster.py"


class Guard(NamedTuple):
    """``there`` in ``file`` (from ``line`` on), what stands ``instead`` without it, and the ``tests`` that must see."""

    file: str
    line: int
    there: str
    instead: str
    tests: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line or ''} {' '.join(self.there.split())}"


OTHERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "tests/fault/test_doors.py::test_a_forged_post_runs_nothing_and_makes_no_bot": (
        ("bot/chat/adapter.py", "(self._check_signature(request)) is not None", "False"),
    ),
    "tests/fault/test_doors.py::test_on_loopback_it_starts_without_tokens_if_told_to": (
        ("bot/chat/adapter.py", "not self.onebot_config.onebot_secret or ", ""),
    ),
    "tests/fault/test_doors.py::test_a_socket_without_the_token_is_refused": (
        ("bot/chat/adapter.py", "refused is not None or ", ""),
        ("bot/chat/adapter.py", " or not account.isdecimal()", ""),
    ),
    "tests/fault/test_doors.py::test_an_event_of_another_account_is_dropped": (
        ("bot/chat/adapter.py", 'str(frame.get("self_id")) != bot.self_id', "False"),
    ),
    "tests/fault/test_doors.py::test_a_half_open_connection_gives_way_to_a_new_one": (
        ("bot/chat/adapter.py", "        await self._evict(account)\n", ""),
    ),
    "tests/fault/test_abuse.py::test_what_looks_like_a_code_stays_text": (
        ("bot/chat/onebot_message.py", "MessageSegment.text(gap + text)", "Message(gap + text)"),
    ),
    "tests/unit/test_gate.py": (
        ("bot/web/gate.py", "len(body) > LARGEST", "False"),
        ("bot/web/gate.py", "            self.transport.abort()\n", ""),
    ),
    "tests/fault/test_doors.py::test_who_is_not_known_sends_little": (
        ("bot/chat/runtime.py", "    driver.server_app.add_middleware(gate.Gate)\n", ""),
    ),
    "tests/fault/test_abuse.py::test_a_flood_by_one_member_slows_nobody_down": (
        ("bot/chat/desk.py", "not self._limit.allow((scene.platform, scene.user_id))", "False"),
    ),
    "tests/e2e/test_health.py": (
        ("bot/chat/metrics.py", 'not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())', "False"),
    ),
    RIGHTS: (
        ("bot/branch/requests.py", " if _theirs(request) & roles_in(grants, path)", ""),
        ("bot/branch/rights.py", "if grant.role in LEADERS", "if True"),
        ("bot/branch/rights.py", "not any(branch.path.startswith(path) for path in await led(uow, actor))", "False"),
        ("bot/branch/rules.py", "if path.startswith(grant.path)", "if True"),
        ("bot/stats/asking.py", "branch_id != actor.branch_id", "False"),
        (
            "bot/chat/desk.py",
            "            await self._refused(actor, routed.command.key if routed.command else routed.plugin)\n",
            "            pass\n",
        ),
        ("bot/branch/service.py", "home.startswith(path) or path.startswith(home)", "True"),
        ("bot/chat/access.py", "if not allowed(actor, command):", "if False:"),
        ("bot/chat/access.py", "return actor.may(command.who.roles)", "return True"),
        (
            "bot/chat/desk.py",
            "                    await self._refused(actor, routed.command.key)\n",
            "                    pass\n",
        ),
        ("bot/branch/organisation.py", " if any(one.path.startswith(path) for path in paths)", ""),
    ),
    "tests/plugin/test_commands_page.py": (("plugins/branch/deciding.py", "who=Who.COMMITTEE", "who=Who.ANYONE"),),
    "tests/unit/sources/test_fetcher.py": (
        ("bot/sources/fetcher.py", "ip.is_global and not ip.is_multicast", "True"),
        ("bot/sources/fetcher.py", "return is_public(str(ip.ipv4_mapped))", "return True"),
        ("bot/sources/fetcher.py", "ip.is_site_local or any(ip in network for network in _EMBEDS_V4)", "False"),
        ("bot/sources/fetcher.py", "not all(map(is_public, addresses))", "False"),
        ("bot/sources/fetcher.py", "all(map(is_public, addresses))", "is_public(addresses[0])"),
        ("bot/sources/fetcher.py", "httpx.URL(url).copy_with(host=pinned)", "httpx.URL(url)"),
        ("bot/sources/fetcher.py", "port not in (80, 443)", "False"),
        ("bot/sources/fetcher.py", " or parts.username is not None", ""),
        ("bot/sources/fetcher.py", "follow_redirects=False", "follow_redirects=True"),
        ("bot/sources/fetcher.py", "trust_env=False", "trust_env=True"),
        ("bot/sources/fetcher.py", "CookieJar(DefaultCookiePolicy(allowed_domains=[]))", "CookieJar()"),
        ("bot/sources/fetcher.py", "asyncio.timeout(PAGE_TIMEOUT)", "asyncio.timeout(None)"),
        ("bot/sources/fetcher.py", "len(body) > limit", "False"),
        ("bot/sources/fetcher.py", "gzip.decompress(piece, limit + 1 - len(body))", "gzip.decompress(piece)"),
        ("bot/sources/fetcher.py", 'packed not in ("identity", "gzip", "x-gzip")', "False"),
    ),
    "tests/unit/sources/test_archive.py": (
        ("bot/sources/archive.py", "dense or ", ""),
        ("bot/sources/archive.py", "unpacked > LARGEST_UNPACKED or ", ""),
        ("bot/sources/archive.py", " or unpacked > HIGHEST_RATIO * len(data)", ""),
    ),
    "tests/unit/sources/test_apart.py": (
        ("bot/sources/apart.py", "resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))", "pass"),
        ("bot/sources/apart.py", "asyncio.timeout(seconds)", "asyncio.timeout(None)"),
    ),
    "tests/unit/rendering/test_files.py": (
        ("bot/rendering/spreadsheetml.py", "{escape(value)}</t>", "{value}</t>"),
        (
            "bot/rendering/spreadsheetml.py",
            't="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>',
            "><f>{escape(value)}</f></c>",
        ),
    ),
    "tests/unit/rendering/test_cards.py": (
        ("bot/rendering/templates/cloud.typ", "one.word))", 'eval(one.word, mode: "markup")))'),
    ),
    "tests/plugin/test_reading_page.py": (
        ("bot/web/views.py", "<p>{escape(line.strip())}</p>", "<p>{line.strip()}</p>"),
        ("bot/web/views.py", "<h1>{escape(material.title)}</h1>", "<h1>{material.title}</h1>"),
        ("bot/web/views.py", "\"default-src 'none'\"", '"default-src *"'),
        ("bot/study/visiting.py", "link.expires_at <= uow.now", "False"),
        ("bot/study/visiting.py", "member is None or member.left_on is not None", "member is None"),
        ("bot/study/visiting.py", "uow.now - opened.at > rules.VISIT_LASTS", "False"),
        ("bot/study/visiting.py", "wait > timedelta()", "False"),
        ("bot/study/pages.py", "(assignment_id, member_id or None) != (link.assignment_id, link.member_id)", "False"),
        ("bot/study/codes.py", "visit.used_at is not None", "False"),
        ("bot/study/codes.py", "visit.expires_at <= uow.now", "False"),
        ("bot/study/codes.py", ">= rules.MOST_GUESSES", "< 0"),
        ("bot/web/server.py", "self._guessers.allow(_address(request))", "True"),
        ("bot/web/server.py", "len(body) > LONGEST_FORM", "False"),
    ),
    "tests/unit/study/test_pages.py": (
        ("bot/study/pages.py", "not value.startswith(_LINK)", "False"),
        ("bot/study/pages.py", "not value.startswith(_VISIT)", "False"),
        ("bot/meeting/feed.py", "not value.startswith(_KIND)", "False"),
    ),
    "tests/unit/core/test_signing.py": (
        ("bot/core/signing.py", "hmac.compare_digest(sign(key, value), signed)", "True"),
    ),
    "tests/plugin/test_calendar.py": (
        ("bot/meeting/feed.py", "wanted.serial != (found.serial if found is not None else 0)", "False"),
        ("bot/meeting/feed.py", "member.left_on is not None", "False"),
    ),
    "tests/unit/core/test_log.py": (
        ("bot/core/log.py", "type(error).__qualname__", "repr(error)"),
        ("bot/core/log.py", 'return _TOKEN.sub(r"\\1…", super().format(record))', "return super().format(record)"),
        (
            "bot/core/log.py",
            'return _TOKEN.sub(r"\\1…", json.dumps(line, ensure_ascii=False))',
            "return json.dumps(line, ensure_ascii=False)",
        ),
        ("bot/core/log.py", "    sys.excepthook = _uncaught\n", ""),
    ),
}
"""Tests → (file, what stands in it once, what stands there without the guard)."""


def guards() -> Iterator[Guard]:
    for tests, several in OTHERS.items():
        for file, there, instead in several:
            yield Guard(file, 1, there, instead, tests)
    for path in sorted((*ROOT.glob("bot/*/*.py"), *ROOT.glob("plugins/*/*.py"))):
        file, source = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if path.name.endswith("repository.py") and (column := _compared(node)) is not None:
                there = ast.get_source_segment(source, node) or ""
                yield Guard(file, node.lineno, there, f"{ast.unparse(column)}.is_not(None)", WALLS)
            elif isinstance(node, ast.Raise) and ast.unparse(node).startswith("raise NotAllowed("):
                yield Guard(file, node.lineno, ast.get_source_segment(source, node) or "", "pass", REFUSALS)


def _compared(node: ast.AST) -> ast.expr | None:
    """The column, where a branch's id or path is compared with something that isn't another column."""
    match node:
        case ast.Compare(left=column, ops=[ast.Eq()], comparators=[other]):
            pass
        case ast.Call(func=ast.Attribute(value=column, attr="in_" | "startswith"), args=[other, *_]):
            pass
        case _:
            return None
    return column if _is_branch(column) and not _is_branch(other) else None


def _is_branch(node: ast.expr) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr in ("branch_id", "path") or ast.unparse(node) in ("Branch.id", "below.id")


def survives(guard: Guard, copy: Path) -> bool:
    """Whether the tests pass without it. Raises ``ValueError`` if it isn't there."""
    file = copy / guard.file
    whole = file.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    before, after = "".join(lines[: guard.line - 1]), "".join(lines[guard.line - 1 :])
    if guard.there not in after:
        raise ValueError(f"not found: {guard}")
    file.write_text(before + after.replace(guard.there, guard.instead, 1), encoding="utf-8")
    try:
        return passes(guard.tests.split(), copy)
    finally:
        file.write_text(whole, encoding="utf-8")


def passes(tests: Iterable[str], copy: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode == 0


def main(words: list[str]) -> int:
    wanted = [one for one in guards() if not words or any(word in str(one) for word in words)]
    copies: Queue[Path] = Queue()

    def tried(guard: Guard) -> bool:
        copy = copies.get()
        survived = survives(guard, copy)
        copies.put(copy)
        print("SURVIVED" if survived else "red     ", guard, flush=True)
        return survived

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as threads:
        for at in range(AT_ONCE):
            copies.put(Path(shutil.copytree(ROOT, Path(folder, str(at)), ignore=shutil.ignore_patterns(".*"))))
        if not passes({test for one in wanted for test in one.tests.split()}, copies.queue[0]):
            print("red with every guard in its place: nothing was tried")
            return 1
        survivors = sum(threads.map(tried, wanted))
    print(f"{len(wanted)} guards taken out, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
