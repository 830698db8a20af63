/* Message segments as people see them: in a bubble, in one line (quotes, notifications), and in the reader. */

import { $, clipped, h, icon, imageAddress, link, linkified, ownAddress } from "./dom.js";
import { nameOf, person, store } from "./store.js";

/** Reactions that can be chosen. The glyphs are drawn, so they show without an emoji font. */
export const EMOJI = [["76", "赞", "e-thumb"], ["124", "OK", "e-ok"], ["10024", "闪亮", "e-spark"], ["128077", "点赞", "e-thumb"], ["9989", "完成", "e-check"]];
export const CHOICES = EMOJI.filter(([id]) => id !== "128077");

const FACES = { 4: "得意", 14: "微笑", 13: "呲牙", 21: "可爱", 63: "玫瑰", 66: "爱心", 79: "胜利", 99: "鼓掌", 144: "喝彩", 175: "卖萌", 178: "斜眼笑", 201: "点赞", 277: "汪汪", 282: "敬礼", 324: "吃糖", 351: "敲敲" };

export function emojiName(id) {
  const known = EMOJI.find(([key]) => key === String(id));
  return known ? known[1] : FACES[id] || "表情";
}

export function emojiNode(id) {
  const known = EMOJI.find(([key]) => key === String(id));
  if (known) return icon(known[2], known[1]);
  const code = Number(id);
  if (code > 5000 && code <= 0x10ffff) return h("span", { class: "glyph" }, String.fromCodePoint(code));
  return h("span", {}, `[${emojiName(id)}]`);
}

const DRAWN = { "👍": "76", "👌": "124", "✨": "10024", "✅": "9989" };

/** Text with links and with the drawn glyphs in place of the few emoji the bot uses; copying still gives the emoji. */
function textNodes(text) {
  return linkified(text).flatMap((node) => {
    if (typeof node !== "string") return [node];
    return node.split(/(👍|👌|✨|✅)/u).filter(Boolean).map((piece) => (DRAWN[piece] ? h("span", { class: "emoji" }, h("span", { class: "copied" }, piece), emojiNode(DRAWN[piece])) : piece));
  });
}

const atName = (data) => (String(data.qq) === "all" ? "全体成员" : data.name?.replace(/^@/, "") || nameOf(data.qq));
const fileName = (data) => String(data.name || data.file || "文件");

/** The message in one line of plain words. */
export function preview(segments) {
  const words = segments.map(({ type, data = {} }) => {
    switch (type) {
      case "text": return data.text;
      case "at": return `@${atName(data)}`;
      case "image": return "[图片]";
      case "file": return `[文件] ${fileName(data)}`;
      case "face": return `[${emojiName(data.id)}]`;
      case "forward": case "node": return "[聊天记录]";
      case "reply": return "";
      default: return `[${type}]`;
    }
  });
  return words.join("").replace(/\s+/g, " ").trim();
}

function showPicture(src, alt) {
  const image = $("viewer-image");
  image.src = src;
  image.alt = alt;
  $("viewer").classList.remove("zoomed");
  $("viewer").showModal();
}

function picture(data) {
  const src = imageAddress(data);
  const alt = String(data.summary || "图片");
  if (!src) return h("span", { class: "muted" }, "[图片打不开]");
  const image = h("img", { src, alt, loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "muted" }, "[图片打不开]")));
  return h("button", { class: "picture", type: "button", "aria-label": `看大图：${alt}`, on: { click: () => showPicture(src, alt) } }, image);
}

function size(bytes) {
  const number = Number(bytes);
  if (!number) return "";
  if (number < 1024) return `${number} B`;
  return number < 1048576 ? `${(number / 1024).toFixed(1)} KB` : `${(number / 1048576).toFixed(1)} MB`;
}

function file(data) {
  const name = fileName(data);
  const ending = (/\.([a-z0-9]{1,5})$/i.exec(name)?.[1] || "文件").toUpperCase();
  const inside = [
    h("span", { class: "file-kind", "aria-hidden": "true" }, ending),
    h("span", { class: "file-words" }, h("span", { class: "file-name", title: name }, name), h("span", { class: "file-size" }, size(data.file_size ?? data.size) || "文件")),
  ];
  const id = String(data.file_id || "").replace(/^\//, "");
  const href = ownAddress(data.url) || (id && ownAddress(`/sim/file/${encodeURIComponent(id)}`));
  if (!href) return h("span", { class: "file-card" }, inside);
  const card = link(href, inside);
  card.className = "file-card";
  card.setAttribute("aria-label", `文件 ${name}`);
  return card;
}

/** The pages of a merged forward, from nodes as they are sent and from messages as they are received. */
function pagesOf(segments) {
  return segments.flatMap(({ type, data = {} }) => {
    const list = type === "node" ? [data] : data.content || data.messages || [];
    return (Array.isArray(list) ? list : []).map((raw) => {
      const page = raw.type === "node" ? raw.data : raw;
      const inner = page.message ?? page.content ?? [];
      const content = typeof inner === "string" ? [{ type: "text", data: { text: inner } }] : inner;
      return { name: page.sender?.card || page.sender?.nickname || page.nickname || page.name || nameOf(page.user_id ?? page.uin ?? ""), content };
    });
  });
}

export function openReader(title, pages) {
  $("reader-title").textContent = title;
  $("reader-body").replaceChildren(...pages.map((page) => h("section", { class: "page" }, page.name && h("h3", {}, page.name), inline(page.content))));
  $("reader").showModal();
  $("reader-body").scrollTop = 0;
  $("reader-body").focus();
}

function forward(segments) {
  const data = segments[0].data || {};
  const pages = pagesOf(segments);
  const title = String(data.source || data.title || "聊天记录");
  return h("button", { class: "forward", type: "button", "aria-label": `打开${title}，共 ${pages.length} 页`, on: { click: () => openReader(title, pages) } },
    h("span", { class: "forward-title" }, title),
    pages.slice(0, 3).map((page) => h("span", { class: "forward-line" }, `${page.name}：${clipped(preview(page.content), 60)}`)),
    h("span", { class: "forward-foot" }, `共 ${pages.length} 页，点开阅读`));
}

function inline(segments) {
  const out = [];
  for (const { type, data = {} } of segments) {
    if (type === "text") out.push(...textNodes(String(data.text ?? "")));
    else if (type === "at") out.push(h("span", { class: ["all", store.persona].includes(String(data.qq)) ? "at me" : "at" }, `@${atName(data)}`));
    else if (type === "image") out.push(picture(data));
    else if (type === "file") out.push(file(data));
    else if (type === "face") out.push(h("span", { class: "emoji" }, emojiNode(data.id)));
    else if (type === "forward" || type === "node") out.push(forward([{ type, data }]));
    else if (type !== "reply") out.push(h("span", { class: "muted" }, `[${type}]`));
  }
  return out;
}

function quote(id, go) {
  const original = store.messages.get(String(id));
  const words = original && !original.recalled ? `${nameOf(original.user_id)}：${clipped(preview(original.segments), 90)}` : original ? "原消息已撤回" : "原消息看不到了";
  return h("button", { class: "quote", type: "button", "aria-label": `回复的是 ${words}`, on: { click: () => original && go(String(id)) } }, h("span", {}, words));
}

/** The bubble of a message. `go` is called with the id of the quoted message when the quote is pressed. */
export function bubble(message, go) {
  const { segments } = message;
  const shown = segments.filter((segment) => segment.type !== "reply");
  const reply = segments.find((segment) => segment.type === "reply");
  const only = shown.length === 1 ? shown[0].type : "";
  const nodes = shown.length && shown.every((segment) => segment.type === "node");
  const bare = !reply && (["image", "file", "forward"].includes(only) || nodes);
  return h("div", { class: bare ? "bubble bare" : "bubble" }, reply && quote(reply.data?.id, go), nodes ? forward(shown) : inline(shown));
}

const TINTS = 8;

/** Somebody's round picture: their own, or the last character of the name on a colour of their own. */
export function avatar(id, bot) {
  const known = person(id);
  const own = known?.avatar ? imageAddress({ url: /^(data:|\/|https?:)/.test(known.avatar) ? known.avatar : "" }) : null;
  if (own) return h("span", { class: "avatar" }, h("img", { src: own, alt: "" }));
  const letters = known?.avatar && !/[/:#.]/.test(known.avatar) ? [...known.avatar].slice(0, 2).join("") : [...nameOf(id).trim()].pop() || "?";
  const tint = [...String(id)].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 9973, 7) % TINTS;
  return h("span", { class: bot ? "avatar bot" : `avatar tint-${tint}`, "aria-hidden": "true" }, bot ? "学" : letters);
}
