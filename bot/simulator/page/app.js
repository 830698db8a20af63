/* The page of the simulated group: ties what the simulator tells to the parts that draw it. */

import * as composer from "./composer.js";
import * as levers from "./console.js";
import { $, clipped, h, icon } from "./dom.js";
import * as frames from "./frames.js";
import * as messages from "./messages.js";
import { listen } from "./net.js";
import * as people from "./people.js";
import { openReader } from "./segments.js";
import { currentChat, on, setLinked, store, take } from "./store.js";
import { setNow } from "./time.js";

const DRAWERS = ["people", "console"];
const narrow = matchMedia("(max-width: 1099px)");
let opener = null;

function closeDrawers() {
  const was = DRAWERS.some((id) => $(id).classList.contains("open"));
  for (const id of DRAWERS) {
    $(id).classList.remove("open");
    $(id).inert = narrow.matches;
  }
  $("backdrop").hidden = true;
  document.querySelector(".phone").inert = false;
  if (was) opener?.focus();
}

function openDrawer(id, button) {
  closeDrawers();
  opener = button;
  $(id).inert = false;
  $(id).classList.add("open");
  $("backdrop").hidden = false;
  document.querySelector(".phone").inert = true;
  ($(id).querySelector('[aria-pressed="true"]') || $(id).querySelector("button")).focus();
}

const dismissed = new Set();

function drawBanner() {
  const banner = store.banners.get(currentChat());
  const box = $("banner");
  box.hidden = !banner || dismissed.has(banner.key);
  if (box.hidden) return;
  const open = () => openReader("群公告", [{ name: "", content: [{ type: "text", data: { text: banner.text } }] }]);
  box.replaceChildren(
    icon("i-horn"),
    h("button", { type: "button", class: "banner-text", "data-testid": "banner", on: { click: open } }, h("b", {}, "群公告 "), clipped(banner.text, 160)),
    h("button", { type: "button", class: "icon-button small", "aria-label": "收起公告", on: { click: () => {
      dismissed.add(banner.key);
      drawBanner();
    } } }, icon("i-close")));
}

function drawView() {
  people.drawPeople();
  people.drawTabs();
  drawBanner();
  messages.fresh();
  composer.refresh();
  levers.drawMember();
}

on((what, detail) => {
  switch (what) {
    case "all":
      composer.dropDrafts();
      drawView();
      levers.drawFault();
      levers.drawState();
      return;
    case "view": return drawView();
    case "message":
      if (detail.chat === currentChat()) messages.append({ id: String(detail.message_id) }, String(detail.user_id) === store.persona);
      else {
        people.drawTabs();
        people.drawPeople();
      }
      return;
    case "people":
      people.drawPeople();
      people.drawTabs();
      composer.refresh();
      return levers.drawMember();
    case "update": return messages.redraw(detail);
    case "notice":
      if (detail !== currentChat()) return;
      drawBanner();
      messages.draw();
      return;
    case "online": return levers.drawState();
    case "fault": return levers.drawFault();
    case "clock": return levers.drawClock(detail);
    case "frame": return frames.add(detail);
    default: return undefined;
  }
});

messages.start({ reply: composer.reply, mention: composer.mention });
composer.start();
people.start(closeDrawers);
levers.start();
frames.start();

$("open-people").addEventListener("click", (event) => openDrawer("people", event.currentTarget));
$("open-console").addEventListener("click", (event) => openDrawer("console", event.currentTarget));
$("backdrop").addEventListener("click", closeDrawers);
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", closeDrawers);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) closeDrawers();
});
narrow.addEventListener("change", closeDrawers);
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-dismiss]")) dialog.close();
  });
}
$("viewer-image").addEventListener("click", () => $("viewer").classList.toggle("zoomed"));
$("guide").open = innerHeight > 880;
closeDrawers();

listen((said) => {
  if (said.type === "state") {
    setNow(said.now);
    frames.clear();
  }
  take(said);
  if (said.type === "state") levers.drawClock(said.now);
}, setLinked);
