"""What propagandists read about banks: what a file holds, what is wrong with it, drafts to approve."""

from collections import Counter
from collections.abc import Sequence

from bot.quiz import banks, views
from bot.quiz.bank_file import TYPES
from bot.quiz.banks import Added, Listed
from bot.quiz.models import Bank, Question, State
from bot.quiz.rules import Item
from bot.quiz.validating import Checked, Fault
from bot.rendering.content import Content, Forward

SHOWN = 2
"""Questions of a file shown before it is imported."""
SHOWN_FAULTS = 8
ONLY_SOUND = "只导入没问题的"
ALL_FAULTS = "全部问题"
PAGE = 20
"""Questions of a bank, or faults, on one page."""

WANTED = f"请把题库文件({TYPES}、Word)发给我,或者直接粘贴题目。不导了回复「取消」。"


def preview(found: Checked, where: str, *, in_group: bool) -> str:
    """The question before an import; ``where`` is the bank. In a group nobody need see the answers."""
    kinds = Counter(item.kind for item in found.items)
    made_of = "、".join(f"{kind.value} {count}" for kind, count in kinds.items())
    lines = [f"{where}:共 {len(found.items)} 题({made_of})。", *_passed_over(found)]
    for i, item in enumerate(found.items[: 0 if in_group else SHOWN], start=1):
        lines += [views.question(item, f"例 {i}"), f"答案:{views.right_answer(item)}"]
    return "\n".join([*lines, "回复「确认」导入,「取消」放弃。"])


def _passed_over(found: Checked) -> list[str]:
    """Which tables of the file weren't read, and why."""
    if not found.passed_over:
        return []
    named = "".join(f"「{name}」" for name in found.passed_over[:SHOWN_FAULTS])
    more = f"等 {len(found.passed_over)} 张表" if len(found.passed_over) > SHOWN_FAULTS else ""
    return [f"没有读{named}{more}:没找到「题干」和「答案」这两列。"]


def refused(found: Checked) -> str:
    """Nothing was imported, why, and what can be done."""
    lines = [f"{fault.place}:{fault.reason}" for fault in found.faults[:SHOWN_FAULTS]]
    more = len(found.faults) > SHOWN_FAULTS
    if more:
        lines.append(f"…… 共 {len(found.faults)} 处,回复「{ALL_FAULTS}」看全部。")
    head = f"{found.faulty + len(found.items)} 题里有 {found.faulty} 题有问题,一题也没有导入:"
    lines += _passed_over(found)
    if not found.items:
        return "\n".join([head, *lines, "改好后再发一次。"])
    return "\n".join([head, *lines, f"改好再发;或回复「{ONLY_SOUND}」,导入其余 {len(found.items)} 题。"])


def all_faults(faults: Sequence[Fault], sound: int) -> Content:
    lines = [f"{fault.place}:{fault.reason}" for fault in faults]
    pages = tuple("\n".join(lines[i : i + PAGE]) for i in range(0, len(lines), PAGE))
    more = f"回复「{ONLY_SOUND}」,导入其余 {sound} 题。" if sound else "改好后再发一次。"
    return Content.of(Forward(title=f"题库的 {len(faults)} 处问题", pages=(*pages, more)))


def imported(done: Added) -> str:
    known = f",另有 {done.known} 题早就有了" if done.known else ""
    if not done.new:
        return f"题库 {done.bank.no}「{done.bank.name}」里已经有这些题,没有要导入的。"
    into = f"题库 {done.bank.no}「{done.bank.name}」"
    return f"已导入 {len(done.new)} 题到{into}{known}。\n{_use(done.bank)}导错了发「撤销」。"


def _use(bank: Bank) -> str:
    if bank.material_id is not None:
        return "推送时加「凭答题」,大家就凭答题完成。"
    return f"大家发「答题 {bank.name}」就能练习。"


def listed(found: Sequence[Listed]) -> str:
    if not found:
        return "还没有题库。发「导入题库 资料 12」给资料配题,或「导入题库 党章知识」建一个。"
    lines = []
    for one in found[-PAGE:]:
        of = "(资料的题)" if one.bank.material_id is not None else ""
        drafts = f",草稿 {one.drafts}" if one.drafts else ""
        lines.append(f"{one.bank.no}. 「{one.bank.name}」{of}{one.live} 题{drafts}")
    return "\n".join([*lines, "看题发「题库 编号」。"])


def bank(one: Bank, questions: Sequence[Question], drafts: int) -> Content:
    """All questions of a bank, to leaf through."""
    head = f"题库 {one.no}「{one.name}」{len(questions)} 题" + (f",草稿 {drafts} 道待采用" if drafts else "")
    if not questions:
        return Content.of(f"{head}。")
    lines = [_brief(each) for each in questions]
    pages = ["\n\n".join(lines[i : i + PAGE]) for i in range(0, len(lines), PAGE)]
    hint = f"看一题发「题目 {one.no}-1」,删一题发「删除题目 {one.no}-1」。"
    return Content.of(Forward(title=head, pages=(*pages[:50], hint)))


def _brief(question: Question) -> str:
    item = banks.item_of(question)
    return f"{views.question(item, f'{question.no}.')}\n答案:{views.right_answer(item)}"


def one(question: Question, bank_no: int, answered: int, right: int) -> str:
    item = banks.item_of(question)
    state = "(草稿)" if question.state == State.DRAFT else ""
    tried = f"答过 {answered} 次,答对 {right} 次。" if answered else "还没有人答过。"
    about = [f"答案:{views.right_answer(item)}", *views.because(item), tried]
    return "\n".join([views.question(item, f"题目 {bank_no}-{question.no}{state}"), *about])


def drafts(items: Sequence[Item], title: str, left: int) -> str:
    """Drafts to be approved one by one or all, each with its answer and the sentence that it comes from."""
    lines = [f"《{title}》的出题草稿 {len(items)} 道,请逐道看:"]
    for i, item in enumerate(items, start=1):
        lines += [views.question(item, str(i)), f"答案:{views.right_answer(item)}", f"原文:{item.source}"]
    more = f"(后面还有 {left} 道)" if left else ""
    return "\n".join([*lines, f"回复「要 1、3」采用这几道,「全要」「都不要」,其余的丢掉。{more}"])


def decided(approved: int, dropped: int, bank: Bank, left: int) -> str:
    more = f"还有 {left} 道草稿,发「出题」接着看。" if left else ""
    if not approved:
        return f"好的,{dropped} 道都没有采用。{more}"
    return f"采用了 {approved} 道,已放进题库 {bank.no}「{bank.name}」。{more}采用错了发「撤销」。"


def ask_removal(bank: Bank, live: int) -> str:
    return f"删除题库 {bank.no}「{bank.name}」({live} 题)?答过的记录不受影响。\n回复「确认」删除,「取消」保留。"
