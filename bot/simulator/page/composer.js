/* Where one types: text, @, reply, pictures, files and the quick phrases. What was typed stays until the simulator
   has taken it. */

import { $, clipped, h, toast } from "./dom.js";
import { post, upload } from "./net.js";
import { outsideReason } from "./people.js";
import { avatar, preview } from "./segments.js";
import { currentChat, currentGroup, isBot, nameOf, rules, store, titleOf } from "./store.js";

/** Word, and whether it needs 「/」 in a group. 推送 is only put into the box: it wants something after it. */
const QUICK = [["已学", false], ["谁还没学", false], ["补学", false], ["我的", true], ["推送", true], ["帮助", true]];
const drafts = new Map();
let draft = { text: "", mentions: [], reply: null, pictures: [] };
let place = "";
let sending = false;
let options = [];
let active = 0;

const box = () => $("composer");
const hasHover = () => matchMedia("(hover: hover)").matches;

function grow() {
  box().style.height = "auto";
  box().style.height = `${Math.min(box().scrollHeight, 140)}px`;
}

function setText(text) {
  box().value = text;
  draft.text = text;
  grow();
}

/** Text into segments: every chosen 「@某人」 that still stands there becomes a real @. */
export function toSegments(text, mentions) {
  const labels = [...new Set(mentions.map((mention) => mention.label))].sort((a, b) => b.length - a.length);
  if (!labels.length) return text ? [{ type: "text", data: { text } }] : [];
  const pattern = new RegExp(`(${labels.map((label) => label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "g");
  return text.split(pattern).filter(Boolean).map((piece) => {
    const mention = mentions.find((one) => one.label === piece);
    return mention ? { type: "at", data: { qq: mention.id } } : { type: "text", data: { text: piece } };
  });
}

function drawReply() {
  const message = draft.reply;
  $("reply-bar").hidden = !message;
  if (message) $("reply-bar").querySelector("span").textContent = `回复 ${nameOf(message.user_id)}：${clipped(preview(message.segments), 60)}`;
}

function drawPending() {
  $("pending").hidden = !draft.pictures.length;
  $("pending").replaceChildren(...draft.pictures.map((picture) => h("span", { class: "thumb" },
    h("img", { src: picture.shown, alt: picture.file.name || "图片" }),
    h("button", { type: "button", "aria-label": "不发这张图", on: { click: () => {
      URL.revokeObjectURL(picture.shown);
      draft.pictures = draft.pictures.filter((one) => one !== picture);
      drawPending();
    } } }, "×"))));
}

/** Called when the persona or the chat has changed: every pair has a draft of its own. */
export function refresh() {
  const here = `${store.persona} ${store.view}`;
  if (here !== place) {
    place = here;
    if (!drafts.has(here)) drafts.set(here, { text: "", mentions: [], reply: null, pictures: [] });
    draft = drafts.get(here);
    setText(draft.text);
    closePicker();
  }
  const reason = outsideReason();
  $("outsider").hidden = !reason;
  $("outsider").textContent = reason;
  for (const control of $("form").querySelectorAll("button, textarea")) control.disabled = Boolean(reason) || !store.persona;
  for (const control of $("quick").children) control.disabled = Boolean(reason) || !store.persona;
  $("pick-at").hidden = !currentGroup();
  $("announce").hidden = !currentGroup() || !rules(store.persona);
  const name = store.persona ? nameOf(store.persona) : "";
  $("speaking-as").replaceChildren("以 ", h("b", { title: name }, name), " 的身份");
  box().placeholder = currentGroup() ? "在群里说……" : "私聊机器人……";
  drawReply();
  drawPending();
}

export function dropDrafts() {
  drafts.clear();
  place = "";
}

async function say(segments) {
  await post("say", { as: Number(store.persona), chat: currentChat(), segments });
}

async function send() {
  const text = box().value.trim();
  const now = draft;
  if (sending || (!text && !now.pictures.length)) return;
  sending = true;
  $("form").classList.add("busy");
  try {
    const segments = toSegments(text, now.mentions);
    if (now.reply) segments.unshift({ type: "reply", data: { id: String(now.reply.message_id) } });
    for (const picture of now.pictures) {
      const kept = await upload(picture.file);
      segments.push({ type: "image", data: { file: kept.file_id, url: kept.url, name: kept.name } });
    }
    await say(segments);
    now.pictures.forEach((picture) => URL.revokeObjectURL(picture.shown));
    Object.assign(now, { text: "", mentions: [], reply: null, pictures: [] });
    if (now === draft) {
      setText("");
      drawReply();
      drawPending();
    }
  } catch (error) {
    toast(error.message, true);
  } finally {
    sending = false;
    $("form").classList.remove("busy");
  }
}

async function sendFile(file) {
  try {
    const kept = await upload(file);
    await say([{ type: "file", data: { file: kept.file_id, file_id: kept.file_id, name: kept.name, url: kept.url, size: kept.size } }]);
  } catch (error) {
    toast(error.message, true);
  }
}

function addPictures(files) {
  for (const file of files) draft.pictures.push({ file, shown: URL.createObjectURL(file) });
  drawPending();
  box().focus();
}

function quick([word, prefixed]) {
  const text = prefixed && currentGroup() ? `/${word}` : word;
  if (word === "推送") {
    setText(`${text} `);
    box().focus();
    return;
  }
  say([{ type: "text", data: { text } }]).catch((error) => toast(error.message, true));
}

export function reply(message) {
  draft.reply = message;
  drawReply();
  box().focus();
}

function insert(label, id, from) {
  const end = box().selectionStart;
  const start = from ?? end;
  draft.mentions.push({ label, id: String(id) });
  setText(`${box().value.slice(0, start)}${label} ${box().value.slice(end)}`);
  box().focus();
  box().setSelectionRange(start + label.length + 1, start + label.length + 1);
}

export function mention(id) {
  if (currentGroup() && !outsideReason() && String(id) !== store.persona) insert(`@${nameOf(id)}`, id);
}

function closePicker() {
  $("picker").hidden = true;
  options = [];
  box().removeAttribute("aria-activedescendant");
}

/** The 「@…」 being typed left of the caret, if there is one. */
function typedAt() {
  const left = box().value.slice(0, box().selectionStart);
  const found = /@([^@\s]{0,20})$/.exec(left);
  return found && currentGroup() ? { from: found.index, wanted: found[1].toLowerCase() } : null;
}

function drawPicker() {
  const typed = typedAt();
  if (!typed) return closePicker();
  const members = (currentGroup().members || []).filter((id) => String(id) !== store.persona);
  const people = members.map((id) => ({ id, name: nameOf(id), bot: isBot(id) })).sort((a, b) => b.bot - a.bot);
  if (!members.some(isBot)) people.unshift({ id: store.selfId, name: nameOf(store.selfId), bot: true });
  if (rules(store.persona)) people.splice(1, 0, { id: "all", name: "全体成员" });
  options = people.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(typed.wanted));
  active = Math.max(0, Math.min(active, options.length - 1));
  if (!options.length) return closePicker();
  $("picker").hidden = false;
  $("picker").replaceChildren(...options.map(({ id, name, bot }, index) => h("div", { role: "option", id: `option-${index}`, class: "option", "aria-selected": String(index === active), "data-testid": `at-${id}`, on: { pointerdown: (event) => {
    event.preventDefault();
    pick(index);
  } } }, avatar(id, bot), h("span", { class: "option-name" }, name), h("span", { class: "option-role" }, bot ? "机器人" : titleOf(id)))));
  $("picker").children[active].scrollIntoView({ block: "nearest" });
  return box().setAttribute("aria-activedescendant", `option-${active}`);
}

function pick(index) {
  const typed = typedAt();
  const { id, name } = options[index];
  closePicker();
  insert(`@${name}`, id, typed?.from);
}

function pressed(event) {
  if (event.isComposing || event.keyCode === 229) return;
  if (options.length && ["ArrowDown", "ArrowUp", "Enter", "Tab", "Escape"].includes(event.key)) {
    event.preventDefault();
    if (event.key === "Escape") closePicker();
    else if (event.key === "Enter" || event.key === "Tab") pick(active);
    else {
      active = (active + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      drawPicker();
    }
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && draft.reply) {
    draft.reply = null;
    drawReply();
  }
}

export function start() {
  $("quick").append(...QUICK.map((row) => h("button", { type: "button", class: "phrase", "data-testid": `quick-${row[0]}`, on: { click: () => quick(row) } }, row[0])));
  $("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    if (hasHover()) box().focus();
  });
  box().addEventListener("keydown", pressed);
  box().addEventListener("input", () => {
    draft.text = box().value;
    active = 0;
    grow();
    drawPicker();
  });
  box().addEventListener("blur", closePicker);
  box().addEventListener("paste", (event) => {
    const pictures = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!pictures.length) return;
    event.preventDefault();
    addPictures(pictures);
  });
  $("reply-bar").querySelector("button").addEventListener("click", () => {
    draft.reply = null;
    drawReply();
  });
  $("pick-at").addEventListener("click", () => {
    const at = box().selectionStart;
    setText(`${box().value.slice(0, at)}@${box().value.slice(at)}`);
    box().focus();
    box().setSelectionRange(at + 1, at + 1);
    active = 0;
    drawPicker();
  });
  $("pick-image").addEventListener("click", () => $("image-input").click());
  $("pick-file").addEventListener("click", () => $("file-input").click());
  $("image-input").addEventListener("change", ({ target }) => {
    addPictures([...target.files]);
    target.value = "";
  });
  $("file-input").addEventListener("change", ({ target }) => {
    if (target.files[0]) sendFile(target.files[0]);
    target.value = "";
  });
}
