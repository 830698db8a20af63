/* Who one speaks as, and which chat is on the screen: the persona column and the tabs. */

import { $, h } from "./dom.js";
import { avatar } from "./segments.js";
import { choosePersona, chooseView, currentGroup, isBot, nameOf, person, store, titleOf } from "./store.js";

const FILTER_FROM = 15;
let chosen = () => {};

const badge = (count) => count ? h("span", { class: "badge-count", "aria-label": `${count} 条未读` }, count > 99 ? "99+" : String(count)) : null;

function under(p) {
  const title = titleOf(p.user_id);
  const known = p.card && p.card !== p.name ? p.name : "";
  return [title, known].filter(Boolean).join(" · ");
}

function entry(p) {
  const id = String(p.user_id);
  const active = id === store.persona;
  const name = nameOf(id);
  return h("li", {}, h("button", { type: "button", class: "persona", "aria-pressed": String(active), "data-testid": `persona-${id}`, title: name, on: { click: () => {
    choosePersona(id);
    chosen();
  } } },
  avatar(id),
  h("span", { class: "persona-words" }, h("span", { class: "persona-name" }, name), h("span", { class: "persona-role" }, under(p) || "\u00a0")),
  badge(store.unread.get(`private:${id}`))));
}

export function drawPeople() {
  const others = store.people.filter((p) => !isBot(p.user_id));
  const wanted = $("people-filter").value.trim().toLowerCase();
  const found = others.filter((p) => `${p.card} ${p.name} ${p.role} ${p.user_id}`.toLowerCase().includes(wanted));
  const focused = document.activeElement?.dataset?.testid;
  $("people-filter").hidden = others.length < FILTER_FROM;
  $("people-list").replaceChildren(...found.map(entry));
  if (!found.length) $("people-list").append(h("li", { class: "hint" }, "没有这个人"));
  if (focused?.startsWith("persona-")) $("people-list").querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  const elsewhere = others.reduce((sum, p) => sum + (String(p.user_id) === store.persona ? 0 : store.unread.get(`private:${p.user_id}`) || 0), 0);
  const chip = $("open-people");
  chip.replaceChildren(...[store.persona && avatar(store.persona), elsewhere > 0 && h("span", { class: "dot-mark" })].filter(Boolean));
  chip.setAttribute("aria-label", `现在是 ${store.persona ? nameOf(store.persona) : ""}，点这里换人${elsewhere ? `（别人有 ${elsewhere} 条未读）` : ""}`);
}

export function drawTabs() {
  const tab = (view, testid, label, count) => h("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(store.view === view), tabindex: store.view === view ? "0" : "-1", "data-testid": testid, title: label, on: { click: () => chooseView(view) } }, h("span", { class: "tab-words" }, label), badge(count));
  const focused = document.activeElement?.dataset?.testid;
  $("tabs").replaceChildren(
    ...store.groups.map((group) => tab(`group:${group.group_id}`, `chat-group-${group.group_id}`, group.name, store.unread.get(`group:${group.group_id}`))),
    tab("private", "chat-private", "私聊机器人", store.unread.get(`private:${store.persona}`)));
  if (focused?.startsWith("chat-")) $("tabs").querySelector('[aria-selected="true"]')?.focus();
  $("tabs").querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const group = currentGroup();
  const title = group ? [group.name, `(${(group.members || []).length})`] : [nameOf(store.selfId), "(私聊)"];
  $("chat-title").replaceChildren(...title.map((words) => h("span", {}, words)));
  $("chat-title").title = title.join("");
}

export function start(onChosen) {
  chosen = onChosen;
  $("people-filter").addEventListener("input", drawPeople);
  $("people-list").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...$("people-list").querySelectorAll("button")];
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + step))]?.focus();
  });
  $("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...$("tabs").querySelectorAll("button")];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.click();
  });
}

/** Whether the persona may speak in the chat on the screen; else the reason to show. */
export function outsideReason() {
  const group = currentGroup();
  if (!group || !store.persona || !person(store.persona)) return "";
  return (group.members || []).some((id) => String(id) === store.persona) ? "" : `${nameOf(store.persona)} 不在这个群里，可以私聊机器人。`;
}
