"""Takes one guard at a time out of a copy of the tree and runs the tests that must turn red then.

``python -m scripts.guards [WORD…]`` tries those in whose name or tests one of the words is (none: all), and ends with
status 1 if one survived. Every comparison of a query with a branch, every ``raise NotAllowed`` and every
``commands.keeps`` is a guard by itself; ``OTHERS`` has those against strangers (SECURITY.md), ``FAULTS`` those against
losing and doubling.
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
KEPT = (
    "tests/plugin/test_personal_data.py tests/plugin/test_quiz.py::test_what_is_kept_and_erased "
    "tests/plugin/test_retention.py::test_who_wants_to_be_forgotten_stays_forgotten"
)

QUICKER = {
    ("bot/hours/repository.py", "Member.branch_id.in_(branches)"),
    ("bot/notice/totals_repository.py", "roster.branch_id.in_(branches)"),
}
"""Comparisons that no answer rests on: ``keep_sums`` keeps what it is asked for; they spare work."""


class Guard(NamedTuple):
    """``there`` in ``file`` (from ``line`` on), what stands ``instead`` without it, and the ``tests`` that must see."""

    file: str
    line: int
    there: str
    instead: str
    tests: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line or ''} {' '.join(self.there.split())}"


Written = dict[str, tuple[tuple[str, str, str], ...]]
"""Tests → (file, what stands in it once, what stands there without the guard)."""

OTHERS: Written = {
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
    "tests/plugin/test_kept_files.py": (
        ("plugins/branch/retention.py", "old.difference(*needed)", "set()"),
        ("plugins/branch/retention.py", "commands.needs(conversation.files)\n", ""),
        ("plugins/delivery/commands.py", "commands.needs(outbox.files)\n", ""),
        ("plugins/notice/composing.py", "commands.needs(repository.files)\n", ""),
        ("plugins/meeting/minutes.py", "commands.needs(repository.files)\n", ""),
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
    "tests/plugin/test_mine.py::test_what_was_written_over_stays_in_no_file": (
        ("plugins/branch/mine.py", "    await call.app.database.scrub()\n", ""),
    ),
    "tests/unit/core/test_migrations.py::test_a_new_database_is_for_the_eyes_of_its_owner_alone": (
        ("bot/core/migrate.py", "file.touch(mode=0o600)", "file.touch()"),
    ),
    "tests/unit/sources/test_fetcher.py": (
        ("bot/sources/fetcher.py", "ip.is_global and not ip.is_multicast", "True"),
        ("bot/sources/fetcher.py", "return is_public(str(ip.ipv4_mapped))", "return True"),
        ("bot/sources/fetcher.py", "ip not in _GLOBAL_V6 or any(ip in network for network in _EMBEDS_V4)", "False"),
        ("bot/sources/fetcher.py", "ip not in _GLOBAL_V6 or ", ""),
        ("bot/sources/fetcher.py", "not all(map(is_public, addresses))", "False"),
        ("bot/sources/fetcher.py", "all(map(is_public, addresses))", "is_public(addresses[0])"),
        ("bot/sources/fetcher.py", "named.copy_with(host=pinned)", "named"),
        ("bot/sources/fetcher.py", "port not in (80, 443)", "False"),
        ("bot/sources/fetcher.py", " or parts.username is not None", ""),
        ("bot/sources/fetcher.py", "follow_redirects=False", "follow_redirects=True"),
        ("bot/sources/fetcher.py", "trust_env=False,\n            follow", "trust_env=True,\n            follow"),
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

_EARLY = (
    "bot/app.py",
    """                async with self.database.unit_of_work() as uow:
                    return await carry_out(uow, items)
""",
    """                carried_out: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

                async def late() -> None:
                    async with self.database.unit_of_work() as uow:
                        carried_out.set_result(await carry_out(uow, items))

                self._late = asyncio.create_task(late())
                return await carried_out
""",
)
"""What members say together is answered before it is committed."""

FAULTS: Written = {
    # what a dead process had in hand is taken back, and looked for before it is sent again
    "tests/fault/test_kills.py::test_killed_at_a_step_of_the_work": (
        ("bot/delivery/repository.py", "late, row.sending_at.is_(None)", "late, row.sending_at < row.created_at"),
        ("bot/delivery/repository.py", '"state": State.UNKNOWN,', '"state": State.PENDING,'),
    ),
    "tests/fault/test_standing_still.py::test_what_was_marked_is_taken_back_though_no_connection_tells": (
        ("bot/delivery/repository.py", "late, row.sending_at.is_not(None)", "late, row.sending_at < row.created_at"),
    ),
    "tests/fault/test_together.py::test_an_account_that_moves_is_taken_over_with_what_was_under_way": (
        ("bot/delivery/worker.py", "await repository.take_over(uow, name, self.id)", "pass"),
    ),
    # the fence: a process that stood still doesn't go on with what is another's by then
    "tests/fault/test_standing_still.py::test_what_it_claimed_is_not_sent_once_another_has_sent_it": (
        (
            "bot/delivery/repository.py",
            ", row.owner == owner, row.state == State.SENDING, row.sending_at.is_(None))\n"
            "    in_turn = select(row.id).where(*ours, row.lease_until > uow.now)",
            ",)\n    in_turn = select(row.id).where(*ours)",
        ),
    ),
    "tests/fault/test_standing_still.py::test_what_is_over_when_it_wakes_is_not_sent": (
        ("bot/delivery/repository.py", "where(*ours, row.lease_until > uow.now)", "where(*ours)"),
    ),
    "tests/fault/test_standing_still.py::test_what_it_marked_is_not_sent_while_another_sends_it": (
        ("bot/delivery/worker.py", "monotonic() - claimed_at > self._settings.lease", "False"),
        ("bot/delivery/repository.py", "row.id == row_id, row.fence == fence,", "row.id == row_id,"),
    ),
    "tests/fault/test_together.py::test_a_process_that_stood_still_finds_its_work_done_by_another": (
        ("bot/delivery/repository.py", "row.id == row_id, row.fence == fence,", "row.id == row_id,"),
    ),
    "tests/unit/delivery/test_worker.py": (
        ("bot/delivery/repository.py", "row.id.in_(ids), row.owner == owner,", "row.id.in_(ids),"),
        ("bot/delivery/repository.py", "or_(earlier.state == State.SENDING, before)", "earlier.state == State.SENDING"),
        ("bot/delivery/flight.py", "except ValidationError as error:", "except KeyError as error:"),
    ),
    # who stops waits for the answers to what is under way, and begins nothing
    "tests/fault/test_whole_delivery.py::test_told_to_stop_it_waits_for_what_is_under_way_and_begins_nothing": (
        ("bot/chat/runtime.py", "        await worker.land()\n", ""),
    ),
    # what nobody knows is looked for before it is sent again; what is found counts
    "tests/fault/test_kills.py": (
        ("bot/delivery/repository.py", '"state": State.UNKNOWN,', '"state": State.PENDING,'),
    ),
    "tests/fault/test_platform_faults.py::test_time_out_though_delivered": (
        (
            "bot/delivery/worker.py",
            "set_unknown(uow, one.id, one.fence, str(outcome))",
            "set_pending(uow, one.id, one.fence, unspent=False)",
        ),
        ("bot/delivery/reconcile.py", "if holder not in (None, row.id):", "if True:"),
    ),
    "tests/unit/delivery/test_rules.py": (
        ("bot/delivery/rules.py", "now < absent_since + gap", "False"),
        (
            "bot/delivery/rules.py",
            "if absent_since is None:\n                return Settled(Step.WAIT, now + gap, absent_since=now)",
            "absent_since = absent_since or now - gap",
        ),
        ("bot/delivery/rules.py", "attempts < MAX_ATTEMPTS", "True"),
    ),
    # acknowledged is what is on disk, once
    "tests/fault/test_records.py::test_what_was_acknowledged_survives_a_kill_right_after": (_EARLY,),
    "tests/fault/test_notices.py::test_receipts_survive_a_kill_right_after_their_acknowledgement": (_EARLY,),
    "tests/fault/test_records.py::test_a_database_that_cannot_write_acknowledges_nothing[full]": (
        _EARLY,
        (
            "bot/core/db.py",
            "            await session.commit()\n        for",
            "            with suppress(DBAPIError):\n                await session.commit()\n        for",
        ),
    ),
    "tests/fault/test_records.py::test_the_same_event_twice_takes_back_one_completion": (
        ("bot/chat/adapter.py", "if message in self._served:", "if False:"),
    ),
    "tests/fault/test_records.py::test_a_full_disk_is_seen_from_outside": (
        ("bot/chat/health.py", '"disk" if database.unwritable else ""', '""'),
    ),
    "tests/unit/core/test_db.py": (
        ("bot/core/db.py", "isinstance(error, IntegrityError) and _is_there_already(error.orig)", "False"),
    ),
    "tests/unit/core/test_batch.py": (("bot/core/batch.py", "elif len(batch) > 1:", "elif False:"),),
    # who locks the same waits in one order, and leaves the keys free
    "tests/plugin/test_at_once.py": (
        (
            "bot/notice/approving.py",
            '    await requests.hold(uow, (REVIEW, APPROVAL), {"notice": notice_id})\n',
            "",
        ),
        ("bot/branch/counting.py", "await repository.lock_members(uow, members)\n", "pass\n"),
        ("bot/study/tally_repository.py", ".with_for_update(key_share=True)", ".with_for_update()"),
    ),
    "tests/plugin/test_at_once_people.py::test_two_who_move_branches_leave_a_tree": (
        (
            "bot/branch/organisation_repository.py",
            "    await uow.session.execute(first.with_for_update(key_share=True))\n",
            "    await uow.session.execute(first)\n",
        ),
    ),
    "tests/plugin/test_at_once_people.py::test_who_is_removed_while_the_roster_is_imported": (
        (
            "bot/branch/roster_import.py",
            "    await counting.hold(uow, repository.on_roster((await branch.get(uow, actor.branch)).path))\n",
            "",
        ),
    ),
    "tests/plugin/test_at_once_people.py::test_two_who_add_one_person_add_them_once": (
        ("bot/branch/roster.py", "    await organisation.hold_tree(uow)\n    if user_id", "    if user_id"),
    ),
    "tests/plugin/test_at_once_people.py::test_who_is_appointed_while_they_are_removed": (
        ("bot/branch/roles.py", "    await hold(uow, member)\n    if member.left_on", "    if member.left_on"),
    ),
    "tests/plugin/test_at_once_people.py::test_who_is_erased_while_they_are_entered_as_there": (
        ("bot/meeting/closing.py", "    await counting.stay(uow, {*listed, *besides})\n", ""),
    ),
    "tests/plugin/test_at_once_people.py::test_who_is_erased_while_their_last_answer_is_taken": (
        (
            "bot/branch/privacy.py",
            "    await counting.hold(uow, [member.id])\n",
            "    await counting.changed(uow, [member.id], date.min)\n",
        ),
    ),
    "tests/plugin/test_at_once_people.py::test_two_who_begin_to_answer_have_one_sitting": (
        ("bot/quiz/answering.py", "    await counting.hold(uow, [actor.myself])\n", ""),
    ),
    "tests/plugin/test_at_once_people.py::test_two_reflections_of_one_person_are_one": (
        ("bot/study/reflecting.py", "    await counting.hold(uow, [actor.member_id])  # whoever", "    # whoever"),
    ),
    "tests/plugin/test_at_once_people.py::test_a_voice_after_the_end_is_none": (
        ("bot/discussion/speaking.py", " or not await repository.is_open(uow, judged.discussion_id)", ""),
    ),
    "tests/plugin/test_at_once_people.py::test_who_signs_in_as_it_ends_is_told_so": (
        ("bot/meeting/signing_in.py", " or meeting.state != State.CALLED", ""),
    ),
    # what may have arrived isn't sent in other words, and no answer stops the others
    "tests/unit/chat/test_onebot_transport.py::test_a_picture_that_may_have_arrived_is_not_sent_again_as_words": (
        ("bot/chat/onebot_errors.py", "    if not words and", "    if False and"),
        ("bot/chat/onebot_errors.py", '    "socket",\n', ""),
    ),
    "tests/unit/chat/test_adapter.py::test_an_answer_with_a_code_of_failure_is_one": (
        ("bot/chat/adapter.py", '{**result, "status": "failed"} if', "result if"),
    ),
    "tests/unit/delivery/test_worker.py::test_a_number_longer_than_any_stops_nobody": (
        ("bot/delivery/repository.py", "message_id[:80]", "message_id"),
    ),
    "tests/unit/study/test_checking_in.py::test_what_a_clock_that_is_ahead_says_was_said_now": (
        ("bot/study/checking_in.py", "min(one.said_at, uow.now)", "one.said_at"),
    ),
    # what was said while nobody listened is made up for, or told
    "tests/fault/test_downtime.py": (
        ("bot/chat/runtime.py", "        catching_up.connected(account)\n", ""),
        ("bot/chat/adapter.py", "                    del theirs[-1:]\n", "                    pass\n"),
        ("bot/chat/adapter.py", "routed.command.caught_up is CaughtUp.RECORD and ", ""),
        ("plugins/study/claiming.py", " or call.message.said_at is not None", ""),
        (
            "bot/chat/onebot.py",
            "                self._arrived(account)\n",
            "                self.worker.connected(account)\n",
        ),
        ("bot/chat/catching_up.py", "whole=whole and start == since", "whole=True"),
        ("bot/chat/catching_up.py", "since <= now + TOLD", "True"),
        ("bot/study/checking_in.py", '"at": claim.said_at or uow.now', '"at": uow.now'),
    ),
    # what is moved, kept or summed up is whole at any moment
    "tests/plugin/test_retention.py::test_killed_between_a_sum_and_the_deletion_of_what_it_sums_up": (
        ("bot/study/retention_repository.py", "    pairs = [", "    await uow.session.commit()\n    pairs = ["),
        ("bot/notice/retention_repository.py", "    pairs = [", "    await uow.session.commit()\n    pairs = ["),
        (
            "bot/hours/repository.py",
            "    await uow.session.execute(delete(e).where(old))\n",
            "    await uow.session.commit()\n    await uow.session.execute(delete(e).where(old))\n",
        ),
    ),
    "tests/fault/test_safekeeping.py::test_a_backup": (
        ("bot/safekeeping.py", 'folder / DATABASE, folder / "backup.zip"', "folder / DATABASE, file"),
        ("bot/safekeeping.py", 'in place.glob(f"{WORKSHOP}*"):', "in ():"),
    ),
    "tests/fault/test_safekeeping.py::test_a_restoring": (
        (
            "bot/core/copying.py",
            'f"ALTER SEQUENCE {sequence} RESTART WITH {following}"',
            "f\"SELECT setval('{sequence}', {following}, false)\"",
        ),
        (
            "bot/safekeeping.py",
            "                await copying.clear(here)\n",
            "                await copying.clear(here)\n"
            '                for word in ("COMMIT", "BEGIN"):\n                    await here.exec_driver_sql(word)\n',
        ),
    ),
    "tests/plugin/test_safekeeping.py::test_who_is_at_work_when_a_restoring_begins_is_waited_for": (
        ("bot/safekeeping.py", "            await copying.hold(here)\n", ""),
        ("bot/safekeeping.py", "            uow.now = clock.now()  # until then others were at work\n", ""),
    ),
    "tests/fault/test_safekeeping.py::test_a_move": (
        (
            "bot/core/copying.py",
            "        await _continue_numbers(target, table)\n",
            "        await _continue_numbers(target, table)\n"
            '        for word in ("COMMIT", "BEGIN"):\n            await target.exec_driver_sql(word)\n',
        ),
    ),
}


def guards() -> Iterator[Guard]:
    for tests, several in (OTHERS | FAULTS).items():
        for file, there, instead in several:
            yield Guard(file, 1, there, instead, tests)
    for path in sorted((*ROOT.glob("bot/*/*.py"), *ROOT.glob("plugins/*/*.py"))):
        file, source = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if path.name.endswith("repository.py") and (column := _compared(node)) is not None:
                there = ast.get_source_segment(source, node) or ""
                if (file, there) not in QUICKER:
                    yield Guard(file, node.lineno, there, f"{ast.unparse(column)}.is_not(None)", WALLS)
            elif isinstance(node, ast.Raise) and ast.unparse(node).startswith("raise NotAllowed("):
                yield Guard(file, node.lineno, ast.get_source_segment(source, node) or "", "pass", REFUSALS)
            elif isinstance(node, ast.Expr) and ast.unparse(node).startswith("commands.keeps("):
                yield Guard(file, node.lineno, ast.get_source_segment(source, node) or "", "pass", KEPT)


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
    wanted = [one for one in guards() if not words or any(word in f"{one} {one.tests}" for word in words)]
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
