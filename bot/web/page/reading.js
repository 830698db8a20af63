// Shows how far one has read, and asks for the end of the page when it has been read: its end is in sight, and it has
// been looked at long enough. Time while the page is hidden doesn't count, and none of it is ever sent.
"use strict";
(() => {
  const bar = document.getElementById("read");
  const article = document.querySelector("article");
  let seen = 0, asking = false;

  // Phones reload a page that was away for a while: it goes on where it was, as long as its tab lives.
  function resume(form) {
    try {
      const before = sessionStorage.getItem(location.pathname);
      if (before) [form.visit.value, seen] = [before, Infinity];
      sessionStorage.setItem(location.pathname, form.visit.value);
    } catch { /* a browser that keeps nothing: the visit begins anew */ }
  }

  function forget() {
    try { sessionStorage.removeItem(location.pathname); } catch { /* nothing was kept */ }
  }

  function progress() {
    const box = article.getBoundingClientRect();
    const read = Math.min(1, Math.max(0, (innerHeight - box.top) / box.height));
    bar.querySelector("i").style.width = `${read * 100}%`;
    bar.querySelector("span").textContent = read < 1 ? `已读 ${Math.floor(read * 100)}%` : "读完了";
    return read;
  }

  async function ask(form) {
    asking = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(location.href, { method: "POST", body });
      if (!answer.ok) return form.submit();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const end = page.getElementById("end");
      if (!end.querySelector("form, .code, .done")) forget();
      document.getElementById("end").replaceWith(end);
      end.scrollIntoView({ block: "nearest" });
      seen = 0;
      prepare();
    } catch {
      document.getElementById("trouble").textContent = "网络不通,请稍后再按一次。";
    } finally {
      asking = false;
    }
  }

  function prepare() {
    const form = document.querySelector("#end form"), copy = document.getElementById("copy");
    form?.addEventListener("submit", (event) => { event.preventDefault(); if (!asking) ask(form); });
    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(copy.dataset.text);
        copy.textContent = "复制好了,去群里粘贴";
      });
    }
  }

  function look() {
    const form = document.querySelector("#end form[data-least]");
    if (document.visibilityState !== "visible") return;
    seen += 1;
    if (form && !asking && progress() >= 1 && seen >= Number(form.dataset.least)) ask(form);
  }

  bar.hidden = false;
  addEventListener("scroll", progress, { passive: true });
  addEventListener("resize", progress);
  setInterval(look, 1000);
  progress();
  prepare();
  const form = document.querySelector("#end form");
  if (form) resume(form);
})();
