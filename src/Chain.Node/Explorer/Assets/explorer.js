// Keeps a page up to date: after each event of the node it fetches the page anew and puts in the parts that changed.
(() => {
  "use strict";
  const state = document.getElementById("live");
  const wanted = (document.body.dataset.events || "").split(" ").filter(Boolean);
  const pause = 400;
  let timer = 0;
  let busy = false;
  let again = false;

  const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const ago = (s) =>
    s < -60 ? "in the future" : s < 5 ? "just now" : s < 60 ? `${s} s ago` : s < 3600 ? `${Math.floor(s / 60)} min ago`
      : s < 86400 ? `${Math.floor(s / 3600)} h ago` : s < 172800 ? "yesterday" : `${count(Math.floor(s / 86400))} days ago`;

  function tick() {
    for (const time of document.querySelectorAll("time[datetime]")) {
      const text = ago(Math.floor(Date.now() / 1000) - Math.floor(Date.parse(time.dateTime) / 1000));
      if (time.textContent !== text) time.textContent = text;
    }
  }

  const keysOf = (part) => new Set([...part.querySelectorAll("[data-key]")].map((e) => e.dataset.key));

  function put(old, fresh) {
    if (old.innerHTML === fresh.innerHTML) return;
    const known = keysOf(old);
    const open = new Set([...old.querySelectorAll("details[open][data-key]")].map((e) => e.dataset.key));
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceChildren(...fresh.childNodes);
    for (const e of old.querySelectorAll("[data-key]")) {
      if (open.has(e.dataset.key)) e.open = true;
      else if (!known.has(e.dataset.key)) e.classList.add("fresh");
    }
    if (focused) [...old.querySelectorAll("a[href]")].find((a) => a.getAttribute("href") === focused)?.focus();
  }

  async function refresh() {
    timer = 0;
    if (document.hidden || busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live][id]")) {
        const fresh = page.getElementById(old.id);
        if (fresh) put(old, fresh);
      }
      tick();
    } catch {
      // The node is gone; the stream says when it is back.
    }
    busy = false;
    if (again && !document.hidden) soon();
  }

  function soon() {
    if (!timer) timer = setTimeout(refresh, pause);
  }

  function show(kind, text) {
    state.hidden = false;
    state.className = kind;
    state.textContent = text;
  }

  setInterval(tick, 5000);
  tick();
  document.addEventListener("visibilitychange", tick);
  if (!wanted.length || !window.EventSource) return;

  // Only while somebody looks: a browser has six connections to a node for all its tabs, and a stream takes one for good.
  let stream = null;
  let opened = false;
  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource("/events");
    stream.onopen = () => {
      show("on", "Live");
      if (opened) soon();
      opened = true;
    };
    stream.onerror = () => show("off", "Waiting for the node");
    for (const name of wanted) stream.addEventListener(name, soon);
  }
  function hush() {
    stream?.close();
    stream = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);
  addEventListener("pageshow", listen);
  listen();
})();
