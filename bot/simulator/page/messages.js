/* The list of messages on the screen, and what can be done with one: reply, react, recall, mark as essence. */

import { $, h, icon, toast } from "./dom.js";
import { post } from "./net.js";
import { CHOICES, avatar, bubble, emojiName, emojiNode, preview } from "./segments.js";
import { currentChat, currentGroup, isBot, nameOf, rules, store, titleOf } from "./store.js";
import { between, full, instant } from "./time.js";

const STEP = 120;
const GAP = 5 * 60e3;
let shown = STEP;
let before = 0;
let missed = 0;
let stuck = true;
let hooks = { reply: () => {}, mention: () => {} };

const mine = (message) => String(message.user_id) === store.persona;
const attempt = (promise) => promise.catch((error) => toast(error.message, true));

function toEnd() {
  $("scroller").scrollTop = $("scroller").scrollHeight;
  stuck = true;
  missed = 0;
  $("jump-down").hidden = true;
}

function goTo(id) {
  const find = () => $("messages").querySelector(`[data-id="${CSS.escape(id)}"]`);
  if (!find()) {
    shown = Infinity;
    draw();
  }
  const row = find();
  if (!row) return toast("这条消息不在这个会话里。");
  row.scrollIntoView({ block: "center", behavior: "smooth" });
  row.classList.add("flash");
  return setTimeout(() => row.classList.remove("flash"), 1600);
}

function toggle(message, emojiId, isAdd) {
  attempt(post("react", { as: Number(store.persona), message_id: message.message_id, emoji_id: String(emojiId), is_add: isAdd }));
}

function reactions(message) {
  const all = Object.entries(message.reactions || {}).filter(([, users]) => users.length);
  if (!all.length) return null;
  return h("div", { class: "reactions" }, all.map(([id, users]) => {
    const own = users.some((user) => String(user) === store.persona);
    const names = users.map(nameOf).join("、");
    return h("button", { type: "button", class: "reaction", "aria-pressed": String(own), title: names, "aria-label": `${emojiName(id)} ${users.length} 人：${names}`, "data-testid": `reaction-${message.message_id}-${id}`, on: { click: () => toggle(message, id, !own) } }, emojiNode(id), h("span", {}, String(users.length)));
  }));
}

function closeMenu(back) {
  const menu = $("menu");
  if (menu.hidden) return;
  menu.hidden = true;
  if (back) menu.opener?.focus();
}

function openMenu(message, opener) {
  const item = (label, act, testid) => h("button", { type: "button", role: "menuitem", "data-testid": testid, on: { click: () => { closeMenu(false); act(); } } }, label);
  const inGroup = Boolean(currentGroup());
  const may = mine(message) || (inGroup && rules(store.persona));
  const own = (id) => (message.reactions[id] || []).some((user) => String(user) === store.persona);
  const menu = $("menu");
  menu.replaceChildren(...[
    inGroup && h("div", { class: "menu-emoji", role: "group", "aria-label": "表情回应" }, CHOICES.map(([id, name]) => h("button", { type: "button", role: "menuitem", title: name, "aria-label": name, "data-testid": `react-${id}`, on: { click: () => { closeMenu(false); toggle(message, id, !own(id)); } } }, emojiNode(id)))),
    item("回复", () => hooks.reply(message), "menu-reply"),
    item("复制文字", () => navigator.clipboard?.writeText(preview(message.segments)).then(() => toast("已复制。"), () => toast("浏览器不让复制。", true)), "menu-copy"),
    inGroup && item(message.essence ? "取消精华" : "设为精华", () => attempt(post("essence", { as: Number(store.persona), message_id: message.message_id, is_add: !message.essence })), "menu-essence"),
    may && item("撤回", () => attempt(post("recall", { as: Number(store.persona), message_id: message.message_id })), "menu-recall"),
  ].filter(Boolean));
  menu.opener = opener;
  menu.hidden = false;
  const at = opener.getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.left - box.width / 2, innerWidth - box.width - 8))}px`;
  menu.style.top = `${at.bottom + box.height + 8 > innerHeight ? Math.max(8, at.top - box.height - 4) : at.bottom + 4}px`;
  menu.querySelector("button").focus();
}

function row(message) {
  const id = String(message.message_id);
  const bot = isBot(message.user_id);
  const name = nameOf(message.user_id);
  if (message.recalled) {
    const who = mine(message) ? "你" : name;
    return h("li", { class: "line", "data-id": id, "data-testid": `msg-${id}`, "data-recalled": "true" }, `${who} 撤回了一条消息`);
  }
  const more = h("button", { type: "button", class: "more", "aria-haspopup": "menu", "aria-label": `对 ${name} 的这条消息：回复、表情、撤回`, "data-testid": `more-${id}`, on: { click: (event) => openMenu(message, event.currentTarget) } }, icon("i-more"));
  const title = titleOf(message.user_id);
  return h("li", { class: `msg${mine(message) ? " mine" : ""}${bot ? " from-bot" : ""}`, "data-id": id, "data-testid": `msg-${id}`, "data-user": message.user_id, title: full(instant(message.time), true), on: { contextmenu: (event) => {
    if (event.target.closest("a, img") || String(getSelection())) return;
    event.preventDefault();
    openMenu(message, more);
  } } },
  h("button", { type: "button", class: "face", "aria-label": `@${name}`, title: `@${name}`, on: { click: () => hooks.mention(message.user_id) } }, avatar(message.user_id, bot)),
  h("div", { class: "body" },
    h("div", { class: "who" }, h("span", { class: "name" }, name), bot ? h("span", { class: "tag bot" }, "机器人") : title && h("span", { class: "tag" }, title)),
    h("div", { class: "bubble-row" }, bubble(message, goTo), more),
    message.essence && h("div", { class: "essence" }, icon("i-star"), "精华消息"),
    reactions(message)));
}

function drawn(entry) {
  const message = entry.id ? store.messages.get(entry.id) : null;
  const time = instant(message ? message.time : entry.time);
  const out = [];
  if (time && Math.abs(time - before) > GAP) out.push(h("li", { class: "line when" }, between(time)));
  if (time) before = time;
  out.push(message ? row(message) : h("li", { class: "line" }, entry.text));
  return out;
}

/** Draw the whole chat anew and stand at its end. */
export function draw(keepPlace = false) {
  closeMenu(false);
  before = 0;
  const all = store.timeline.get(currentChat()) || [];
  const part = shown === Infinity ? all : all.slice(-shown);
  $("older").hidden = part.length === all.length;
  const rows = part.flatMap(drawn);
  if (!rows.length) rows.push(h("li", { class: "line empty" }, currentGroup() ? "还没有人说话" : "私聊只有你和机器人看得到。发「帮助」看看它会什么。"));
  const height = $("scroller").scrollHeight;
  $("messages").replaceChildren(...rows);
  if (keepPlace) $("scroller").scrollTop += $("scroller").scrollHeight - height;
  else toEnd();
}

export function fresh() {
  shown = STEP;
  draw();
}

/** A new message or line in the chat on the screen. */
export function append(entry, own) {
  if ($("messages").querySelector(".empty")) return draw();
  $("messages").append(...drawn(entry));
  if (stuck || own) return toEnd();
  missed += 1;
  $("jump-down").hidden = false;
  $("jump-down").querySelector("span").textContent = `${missed} 条新消息`;
  return undefined;
}

export function redraw(message) {
  const old = $("messages").querySelector(`[data-id="${CSS.escape(String(message.message_id))}"]`);
  if (!old) return;
  old.replaceWith(row(message));
  if (stuck) toEnd();
}

export function start(given) {
  hooks = given;
  const scroller = $("scroller");
  scroller.addEventListener("scroll", () => {
    stuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    if (stuck) {
      missed = 0;
      $("jump-down").hidden = true;
    }
    closeMenu(false);
  });
  const watcher = new ResizeObserver(() => stuck && toEnd());
  watcher.observe($("messages"));
  watcher.observe(scroller);
  $("jump-down").addEventListener("click", toEnd);
  $("older").addEventListener("click", () => {
    shown += 3 * STEP;
    draw(true);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#menu, .more")) closeMenu(false);
  });
  $("menu").addEventListener("keydown", (event) => {
    const items = [...$("menu").querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      closeMenu(true);
    }
  });
}
