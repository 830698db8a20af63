/* The frame inspector: the raw OneBot JSON that goes back and forth, newest first. */

import { $, h, toast } from "./dom.js";
import { frameTime } from "./time.js";

const MOST = 400;
const LONG = 400;
let frames = [];
let waiting = [];
let paused = false;

/** Long strings (base64 pictures) are cut for the eye; 「复制」 still gives everything. */
const short = (key, value) => (typeof value === "string" && value.length > LONG ? `${value.slice(0, 120)}…(共 ${value.length} 字)` : value);

function taken(said) {
  let json = said.json;
  if (typeof json === "string") {
    try {
      json = JSON.parse(json);
    } catch {
      json = { raw: json };
    }
  }
  const call = Boolean(json && json.action !== undefined);
  const beat = json?.meta_event_type === "heartbeat";
  const what = call ? json.action : json?.post_type ? [json.post_type, json.message_type || json.notice_type || json.meta_event_type || json.request_type, json.sub_type].filter(Boolean).join(".") : `回答 ${json?.status ?? ""} ${json?.retcode ?? ""}`;
  return { json, call, beat, what, at: said.at, searched: JSON.stringify(json, short).toLowerCase() };
}

function passes(frame) {
  const dir = $("frame-dir").value;
  const wanted = $("frame-filter").value.trim().toLowerCase();
  return (frame.beat ? $("frame-beats").checked : true) && (!dir || (dir === "call") === frame.call) && (!wanted || frame.searched.includes(wanted));
}

function row(frame) {
  const details = h("details", {}, h("summary", {}, h("span", { class: frame.call ? "arrow call" : "arrow", title: frame.call ? "机器人发出" : "机器人收到" }, frame.call ? "发出" : "收到"), h("code", { class: "what" }, frame.what), h("time", {}, frameTime(frame.at))));
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    const copy = h("button", { type: "button", class: "button small", on: { click: () => navigator.clipboard?.writeText(JSON.stringify(frame.json, null, 2)).then(() => toast("已复制。"), () => toast("浏览器不让复制。", true)) } }, "复制");
    details.append(h("pre", { tabindex: "0" }, JSON.stringify(frame.json, short, 2)), copy);
  });
  return h("li", {}, details);
}

function count() {
  $("frame-count").textContent = paused && waiting.length ? `已暂停，新来 ${waiting.length} 条` : `${frames.length} 条`;
}

function draw() {
  $("frame-list").replaceChildren(...frames.filter(passes).map(row));
  count();
}

function put(frame) {
  frames.unshift(frame);
  if (frames.length > MOST) frames.length = MOST;
  if (passes(frame)) $("frame-list").prepend(row(frame));
  while ($("frame-list").children.length > MOST) $("frame-list").lastChild.remove();
}

export function add(said) {
  const frame = taken(said);
  if (paused) {
    waiting.push(frame);
    if (waiting.length > MOST) waiting.shift();
  } else put(frame);
  count();
}

export function clear() {
  frames = [];
  waiting = [];
  draw();
}

export function start() {
  for (const id of ["frame-filter", "frame-dir", "frame-beats"]) $(id).addEventListener("input", draw);
  $("frame-clear").addEventListener("click", clear);
  $("frame-pause").addEventListener("click", () => {
    paused = !paused;
    $("frame-pause").textContent = paused ? "继续" : "暂停";
    $("frame-pause").setAttribute("aria-pressed", String(paused));
    waiting.splice(0).forEach(put);
    count();
  });
  count();
}
