/* Elements are made here. Text only ever goes in as text nodes and addresses pass one gate, so nothing that people
   type can become markup, script or a request to another host. */

export const $ = (id) => document.getElementById(id);

/** An element: `h("p", {class: "x", on: {click}}, "text", node)`. False, null and undefined are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "on") for (const [name, fn] of Object.entries(value)) node.addEventListener(name, fn);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture from the sprite in index.html; with a label it is read out, without it is decoration. */
export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function parsed(address) {
  try {
    return new URL(String(address), location.href);
  } catch {
    return null;
  }
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** An address on this very server, or null. 127.0.0.1 and localhost are the same server,
 * and so is the simulator of an earlier run on another port, whose files are kept. */
export function ownAddress(address) {
  const url = address ? parsed(address) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  const same = url.origin === location.origin;
  const twin = LOOPBACK.has(url.hostname) && LOOPBACK.has(location.hostname) && (url.port === location.port || url.pathname.startsWith("/sim/file/"));
  return same || twin ? location.origin + url.pathname + url.search : null;
}

/** Where an ordinary link may lead: http and https, or null. */
export function linkAddress(address) {
  const url = address ? parsed(address) : null;
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

const MAGIC = [["/9j/", "jpeg"], ["R0lG", "gif"], ["UklG", "webp"], ["iVBO", "png"]];

/** What an <img> may load without asking another host: our own server, or the bytes themselves. */
export function imageAddress(data) {
  for (const raw of [data.url, data.file]) {
    if (!raw) continue;
    const text = String(raw);
    if (/^data:image\/(png|jpeg|gif|webp);base64,/.test(text)) return text;
    if (text.startsWith("base64://")) {
      const bytes = text.slice(9);
      const kind = MAGIC.find(([start]) => bytes.startsWith(start));
      return `data:image/${kind ? kind[1] : "png"};base64,${bytes}`;
    }
    if (raw === data.url || text.startsWith("/")) {
      const own = ownAddress(text);
      if (own) return own;
    }
  }
  return null;
}

export function link(href, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/* Up to a space, a quote or Chinese punctuation: 「https://a.b/c。」 ends before 「。」. */
const ADDRESS = /https?:\/\/[^\s<>"'\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f\u2018-\u201d]+/gi;

/** Text as nodes, with the addresses in it made into links. */
export function linkified(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(/[.,;:!?)\]]+$/, "");
    const href = linkAddress(address);
    if (!href) continue;
    if (found.index > at) out.push(text.slice(at, found.index));
    out.push(link(href, address));
    at = found.index + address.length;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

let timer = 0;

/** One short line at the bottom: what happened, or why it didn't. */
export function toast(text, bad = false) {
  $("toasts").replaceChildren(h("p", { class: bad ? "toast bad" : "toast" }, text));
  clearTimeout(timer);
  timer = setTimeout(() => $("toasts").replaceChildren(), bad ? 6000 : 2600);
}

export const clipped = (text, length) => (text.length > length ? `${text.slice(0, length)}…` : text);
