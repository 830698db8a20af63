/* The levers of the simulation: the clock, the faults, the way back to the beginning. */

import { $, h, toast } from "./dom.js";
import { post } from "./net.js";
import { currentGroup, isMember, nameOf, person, store } from "./store.js";
import { full, hourMinute, now, setNow } from "./time.js";

const FAULTS = [
  ["none", "没有故障", "一切正常。"],
  ["slow", "平台很慢", "每次发送都晚几秒才有回答。"],
  ["late", "送到了，回答来得晚", "消息马上送到，回答晚几秒才来。"],
  ["lost_answer", "送到了，没有回答", "消息发出去了，机器人却等不到回答。"],
  ["lost", "没送到，也没有回答", "消息丢了，机器人也等不到回答。"],
  ["timeout_delivered", "报超时，其实送到了", "机器人不该再发一遍。"],
  ["timeout_lost", "报超时，确实没送到", "机器人查过记录后补发一次。"],
  ["drop_before", "没送到就断线", "每次发送都断线，消息没有送到。"],
  ["drop_after", "送到后断线", "每次发送都断线，但消息已经送到。"],
  ["muted", "机器人被禁言", "平台拒绝发送(120)。"],
  ["removed", "机器人被移出群", "平台拒绝发送(110)。"],
  ["refused", "平台拒绝发送", "平台说这条消息不能发。"],
  ["disconnect", "断线一次", "连接断开，过一会儿自己连回来。"],
  ["half_open", "假连接", "旧连接不断也不答，另开一条新连接。"],
  ["offline", "机器人账号掉线", "到点的推送先等着，上线后再发。"],
];

const slow = (kind) => kind === "slow" || kind === "late";
const attempt = (promise, done) => promise.then((body) => done && done(body), (error) => toast(error.message, true));

function jump(text) {
  attempt(post("clock", { jump: text }), (body) => {
    if (body?.now) setNow(body.now);
    tick();
    toast(`现在是 ${full(now())}。`);
    if ($("clock-input").value.trim() === text) $("clock-input").value = "";
  });
}

/** 「今晚 20:00」 as an instant; null when it has passed. */
function tonight() {
  const midnight = Math.floor((now() + 8 * 3600e3) / 86400e3) * 86400e3 - 8 * 3600e3;
  const at = midnight + 20 * 3600e3;
  return at > now() ? new Date(at).toISOString() : null;
}

function tick() {
  const date = new Date(now()).toISOString();
  $("clock").textContent = full(now(), true);
  $("clock").dateTime = date;
  $("head-clock").textContent = innerWidth < 420 ? hourMinute(now()) : full(now());
  $("head-clock").dateTime = date;
  document.querySelector('[data-jump="今晚 20:00"]').disabled = tonight() === null;
}

export function drawClock(iso) {
  if (iso) setNow(iso);
  tick();
}

export function drawFault() {
  const kind = store.fault?.kind || "none";
  if (![...$("fault").options].some((option) => option.value === kind)) $("fault").append(h("option", { value: kind }, kind));
  $("fault").value = kind;
  $("fault").classList.toggle("on", kind !== "none");
  if (slow(kind) && store.fault.seconds) $("fault-seconds").value = store.fault.seconds;
  $("fault-seconds-label").hidden = !slow(kind);
  $("fault-hint").textContent = FAULTS.find(([name]) => name === kind)?.[2] || "";
}

export function drawState() {
  const [words, look] = !store.linked ? ["页面已断开", "bad"] : store.online ? ["机器人在线", "good"] : ["机器人不在线", "bad"];
  for (const node of [$("head-state"), $("side-state")]) {
    node.textContent = words;
    node.className = `state ${look}`;
  }
  $("link-lost").hidden = store.linked;
}

function setFault() {
  const kind = $("fault").value;
  const words = FAULTS.find(([name]) => name === kind)?.[1];
  attempt(post("fault", slow(kind) ? { kind, seconds: Number($("fault-seconds").value) || 5 } : { kind }), () => toast(`模拟故障：${words}`));
}

/** What the persona can do to their own place in the group on the screen. */
export function drawMember() {
  const group = currentGroup();
  $("member-panel").hidden = !group || !store.persona;
  if ($("member-panel").hidden) return;
  const inside = isMember(group, store.persona);
  $("member-who").textContent = `${nameOf(store.persona)}${inside ? ` 在「${group.name}」里。` : ` 不在「${group.name}」里。`}`;
  $("member-toggle").textContent = inside ? "退群" : "入群";
  $("card-form").querySelector('[type="submit"]').disabled = !inside;
  $("card-input").placeholder = person(store.persona)?.card || "新的群名片";
}

function member(change) {
  attempt(post("member", { group_id: currentGroup().group_id, user_id: Number(store.persona), ...change }), () => {
    $("card-input").value = "";
  });
}

/** Asks before something that can't be taken back. */
function ask(title, text, yes, act) {
  $("confirm-title").textContent = title;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  $("confirm-yes").onclick = () => {
    $("confirm").close();
    act();
  };
  $("confirm").showModal();
}

export function start() {
  $("fault").append(...FAULTS.map(([kind, label]) => h("option", { value: kind }, label)));
  $("fault").addEventListener("change", () => {
    $("fault-seconds-label").hidden = !slow($("fault").value);
    setFault();
  });
  $("fault-seconds").addEventListener("change", setFault);
  for (const button of document.querySelectorAll("[data-jump]")) {
    button.addEventListener("click", () => jump(button.dataset.jump.startsWith("今晚") ? tonight() : button.dataset.jump));
  }
  $("clock-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("clock-input").value.trim();
    if (text) jump(text);
  });
  $("reset").addEventListener("click", () => ask("恢复到演示开头？", "群里的消息、打卡和改动都会清空，时钟也回到开头。", "恢复", () => attempt(post("reset"), () => toast("已经恢复到开头。"))));
  $("card-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const card = $("card-input").value.trim();
    if (card) member({ do: "card", card });
  });
  $("member-toggle").addEventListener("click", () => member(isMember(currentGroup(), store.persona) ? { do: "leave" } : { do: "join", card: $("card-input").value.trim() }));
  $("announce").addEventListener("click", () => {
    $("announce-text").value = "";
    $("announcing").showModal();
  });
  $("announce-yes").addEventListener("click", () => {
    attempt(post("announce", { as: Number(store.persona), group_id: currentGroup().group_id, content: $("announce-text").value }), () => $("announcing").close());
  });
  setInterval(tick, 1000);
}
