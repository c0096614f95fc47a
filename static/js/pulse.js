/* Live parts. Every two seconds while the page is looked at, the server says which topics have news since `seen`; each element with a
   matching data-live is fetched again, once nobody is typing in it: data-live-src answers its contents, or the element itself where
   data-live-swap="outerMorph" says so. What is derived comes a moment after what it is derived from: news are asked after once more, soon. */
import { say } from "./notices.js";
import { signedOut } from "./requests.js";

const BUSY_MS = 2000;
const SOON_MS = 500;
const IDLE_MS = 10000;
const IDLE_AFTER_MS = 60000;
const TYPING = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable=true]";
const waiting = new Set();
let seen = document.body.dataset.pulse;
let active = Date.now();
let failures = 0;
let soon = false;
let timer = 0;
let stopped = false;

const inUse = (part) => (part.contains(document.activeElement) && document.activeElement.matches(TYPING)) || part.querySelector("dialog[open], :popover-open");

function refresh() {
  for (const part of waiting) {
    if (!part.isConnected) waiting.delete(part);
    else if (!inUse(part)) {
      waiting.delete(part);
      const swap = part.dataset.liveSwap ?? "innerMorph";
      window.htmx.ajax("GET", part.dataset.liveSrc, { source: part, target: part, swap, select: null, push: null, headers: { "X-Live": "true" } });
    }
  }
}

function hear(topics) {
  const concerned = [...document.querySelectorAll("[data-live]")].filter((part) => part.dataset.live.split(/\s+/).some((topic) => topics.includes(topic)));
  concerned.forEach((part) => waiting.add(part));
  return concerned.length > 0;
}

/** Whether there was news for a part of this page. */
async function ask() {
  const answer = await fetch(`/pulse/?seen=${encodeURIComponent(seen)}`, { headers: { Accept: "application/json", "HX-Request": "true" } });
  if (answer.status === 401) {
    stopped = true;
    signedOut(answer.headers.get("HX-Sign-In"));
  } else if (answer.status === 200) {
    const news = await answer.json();
    seen = news.seen;
    return hear(news.topics);
  } else if (answer.status >= 500) throw new Error(String(answer.status));
  return false;
}

async function tick() {
  clearTimeout(timer);
  if (document.hidden || stopped) return;
  try {
    soon = (await ask()) && !soon;
    if (failures >= 3) say("The connection is back.", "success");
    failures = 0;
  } catch {
    failures += 1;
    soon = false;
    if (failures === 3) say("The server cannot be reached. What you see may be old; what you type is kept on this page.", "warning");
  }
  refresh();
  const pace = soon ? SOON_MS : Date.now() - active > IDLE_AFTER_MS ? IDLE_MS : BUSY_MS;
  clearTimeout(timer);
  timer = setTimeout(tick, Math.min(pace * 2 ** Math.min(failures, 4), 30000));
}

let started = false;

/** Start asking; once per page. */
export function bind() {
  if (started) return;
  started = true;
  for (const event of ["pointermove", "keydown", "wheel"]) {
    addEventListener(event, () => {
      const wasIdle = Date.now() - active > IDLE_AFTER_MS;
      active = Date.now();
      if (wasIdle) tick();
    }, { passive: true });
  }
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("waymark:changed", tick);
  document.addEventListener("focusout", () => setTimeout(refresh, 50));
  timer = setTimeout(tick, Math.max(0, BUSY_MS - performance.now())); // the page is as old as its navigation
}
