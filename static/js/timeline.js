/* The timeline's bars: dragged to move, dragged by an edge to begin or end elsewhere; by keys ← → move, Shift+← → end elsewhere,
   Shift+↑ ↓ begin sooner or later, ↑ ↓ go to another bar, Enter opens the feature, l links it to another one, + and - zoom. What a move
   pushes is shown before it is saved; the server then draws the plan anew. */
import { say } from "./notices.js";
import { openPanel } from "./panel.js";
import { bindLinks, linkFrom } from "./timeline-links.js";

const EDGE = 8; // pixels at either end that resize
const REST_MS = 120; // a pointer at rest this long asks what the move pushes
const PAUSE_MS = 700; // after the last key a move is saved
const DAY_MS = 86400000;
const FIXED = { move: [1, 1], end: [0, 1], start: [1, 0] };
let plan = null;
let focused = "";
let keyed = null; // {bar, how, days, timer}
let drag = null;
let pending = null; // the bar whose move is not saved yet

const bars = () => [...plan.querySelectorAll("[data-bar]")];
const perDay = () => Number(plan.querySelector("[data-timeline]").dataset.perDay);
const shifted = (day, days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
const spoken = (day) => new Date(day).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });

function announce(text) {
  document.getElementById("announcements").textContent = text;
}

/** Show the bar where it would be: moved as a whole, or longer and shorter at one end. */
function show(bar, how, days) {
  const by = days * perDay();
  if (how === "move") {
    bar.setAttribute("transform", `translate(${by} 0)`);
    return;
  }
  for (const rect of bar.querySelectorAll(".fillc, .softc, .prog")) {
    rect.dataset.width ??= rect.getAttribute("width");
    rect.dataset.x ??= rect.getAttribute("x");
    rect.setAttribute("width", Math.max(2, Number(rect.dataset.width) + (how === "end" ? by : -by)));
    if (how === "start") rect.setAttribute("x", Number(rect.dataset.x) + by);
  }
}

function dates(bar, how, days) {
  const [start, target] = FIXED[how];
  const moved = { start_date: shifted(bar.dataset.start, days * start), target_date: shifted(bar.dataset.target, days * target) };
  if (moved.start_date > moved.target_date) moved[how === "end" ? "target_date" : "start_date"] = how === "end" ? moved.start_date : moved.target_date;
  return moved;
}

/** The move is saved; where it pushes others the dialog says so first, and asks which of them move too. */
async function save(bar, how, days) {
  if (!days) return show(bar, how, 0);
  const values = { version: bar.dataset.version, ...dates(bar, how, days) };
  const said = await preview(bar, how, days);
  pending = { bar, how };
  if (said?.querySelector("[data-pushed], [data-held]")) {
    const query = new URLSearchParams(values);
    return window.htmx.ajax("GET", `${bar.dataset.dates}?${query}`, { source: bar, target: "#dialog-body", swap: "innerHTML" });
  }
  const done = window.htmx.ajax("POST", bar.dataset.dates, { source: bar, target: "#dialog-body", swap: "innerHTML", values });
  return done.catch(() => putBack());
}

/** What the bar's move would push, as the server says it, with ghosts of what is on the screen; nothing where nothing waits for it. */
async function preview(bar, how, days) {
  clearGhosts();
  if (!days || !("gives" in bar.dataset)) return null;
  const query = new URLSearchParams({ version: bar.dataset.version, ...dates(bar, how, days) });
  const answer = await fetch(`${bar.dataset.dates}?${query}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return null;
  const said = new DOMParser().parseFromString(await answer.text(), "text/html");
  clearGhosts();
  for (const one of said.querySelectorAll("[data-pushed]")) ghost(document.getElementById(`bar-${one.dataset.pushed}`), Number(one.dataset.days));
  for (const one of said.querySelectorAll("[data-held]")) document.getElementById(`bar-${one.dataset.held}`)?.classList.add("is-held");
  const [moved, held] = [said.querySelectorAll("[data-pushed]").length, said.querySelectorAll("[data-held]").length];
  if (moved || held) announce(`Pushes ${moved} that wait for it${held ? `, and misses ${held} that are not yours to move` : ""}.`);
  return said;
}

function ghost(bar, days) {
  const rect = bar?.querySelector(".fillc, .softc");
  if (!rect) return;
  const copy = rect.cloneNode(false);
  copy.setAttribute("class", "tl-ghost");
  copy.removeAttribute("fill");
  copy.setAttribute("transform", `translate(${days * perDay()} 0)`);
  bar.parentNode.append(copy);
}

function clearGhosts() {
  for (const one of plan.querySelectorAll(".tl-ghost")) one.remove();
  for (const one of plan.querySelectorAll(".is-held")) one.classList.remove("is-held");
}

/** A move that was not saved is not shown any more. */
function putBack() {
  clearGhosts();
  if (pending?.bar.isConnected) show(pending.bar, pending.how, 0);
  pending = null;
}

async function redraw() {
  if (!plan?.isConnected) return;
  pending = null;
  await window.htmx.ajax("GET", plan.dataset.liveSrc, { source: plan, target: plan, swap: "innerHTML", headers: { "X-Live": "true" } });
  settle();
}

function settle() {
  const all = bars();
  const bar = document.getElementById(focused) ?? all[0];
  for (const other of all) other.setAttribute("tabindex", other === bar ? 0 : -1);
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
}

// --- pointer ---------------------------------------------------------------------------------------------------------

function part(bar, x) {
  const box = bar.querySelector(".fillc, .softc").getBoundingClientRect();
  const tick = bar.querySelector(".tick")?.getBoundingClientRect().left ?? box.right;
  if (Math.abs(x - tick) <= EDGE || x > box.right - EDGE) return "end";
  return x < box.left + EDGE ? "start" : "move";
}

function onDown(event) {
  const bar = event.target.closest("[data-bar]");
  if (!bar || event.button !== 0 || !bar.dataset.dates) return;
  drag = { bar, how: part(bar, event.clientX), from: event.clientX, x: event.clientX, days: 0, moved: false, perDay: perDay() };
  bar.setPointerCapture(event.pointerId);
}

function onMove(event) {
  const hovered = event.target.closest?.("[data-bar][data-dates]");
  if (!drag) {
    hovered?.classList.toggle("is-edge", part(hovered, event.clientX) !== "move");
    return;
  }
  drag.x = event.clientX;
  drag.frame ??= requestAnimationFrame(follow);
}

/** Once a frame: the bar follows the pointer day by day, and what it pushes is asked for when the pointer rests. */
function follow() {
  if (!drag) return;
  drag.frame = null;
  const by = drag.x - drag.from;
  if (!drag.moved && Math.abs(by) < 4) return;
  if (!drag.moved) drag.bar.classList.add("is-dragged");
  drag.moved = true;
  const days = Math.round(by / drag.perDay);
  if (days === drag.days) return;
  drag.days = days;
  show(drag.bar, drag.how, days);
  clearTimeout(drag.asks);
  const { bar, how } = drag;
  if ("gives" in bar.dataset) drag.asks = setTimeout(() => drag?.bar === bar && preview(bar, how, days), REST_MS);
}

function onUp(event) {
  if (!drag) return;
  drag.x = event.clientX;
  follow();
  const { bar, how, days, moved } = drag;
  cancelAnimationFrame(drag.frame);
  clearTimeout(drag.asks);
  drag = null;
  bar.classList.remove("is-dragged");
  focused = bar.id;
  if (event.type === "pointercancel") show(bar, how, 0);
  else if (moved) save(bar, how, days);
}

// --- keys ------------------------------------------------------------------------------------------------------------

function onKey(event) {
  const bar = event.target.closest?.("[data-bar]");
  if (!bar || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = bars();
  if (event.key === "Enter" || event.key === " ") open(bar);
  else if (event.key === "l" && bar.dataset.dates) linkFrom(bar);
  else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) nudge(bar, "start", event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") focusBar(all[all.indexOf(bar) + (event.key === "ArrowDown" ? 1 : -1)]);
  else if (event.key === "Escape" && keyed) {
    clearTimeout(keyed.timer);
    show(bar, keyed.how, 0);
    clearGhosts();
    keyed = null;
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") nudge(bar, event.shiftKey ? "end" : "move", event.key === "ArrowRight" ? 1 : -1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function nudge(bar, how, way) {
  if (!bar.dataset.dates) return say("You may not change this feature's dates.", "warning");
  if (keyed && (keyed.bar !== bar || keyed.how !== how)) flush();
  keyed ??= { bar, how, days: 0, timer: 0 };
  keyed.days += way * Number(plan.querySelector("[data-timeline]").dataset.step);
  show(bar, how, keyed.days);
  const moved = dates(bar, how, keyed.days);
  announce(`${spoken(moved.start_date)} to ${spoken(moved.target_date)}`);
  clearTimeout(keyed.timer);
  keyed.timer = setTimeout(flush, PAUSE_MS);
  return undefined;
}

function flush() {
  if (!keyed) return;
  const { bar, how, days, timer } = keyed;
  clearTimeout(timer);
  keyed = null;
  focused = bar.id;
  save(bar, how, days);
}

function open(bar) {
  if (bar.dataset.panelBar) openPanel(bar.dataset.panelBar);
  else location.assign(bar.dataset.page);
}

/** The next nearer (1) or farther (-1) zoom, by its link. */
function zoom(way) {
  const links = [...document.querySelectorAll("[data-zoom]")];
  links[links.findIndex((link) => link.hasAttribute("aria-current")) - way]?.click();
}

function focusBar(bar) {
  if (!bar) return;
  flush();
  focused = bar.id;
  settle();
  bar.focus();
  bar.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Bring the bars to life, once; a plan drawn anew keeps its focus. */
export function bind(root) {
  const found = root.querySelector?.("#plan:has([data-timeline])") ?? (root.matches?.("#plan") ? root : null);
  if (!found || plan === found) return;
  plan = found;
  settle();
  plan.addEventListener("pointerdown", onDown);
  plan.addEventListener("pointermove", onMove);
  plan.addEventListener("pointerup", onUp);
  plan.addEventListener("pointercancel", onUp);
  plan.addEventListener("keydown", onKey);
  plan.addEventListener("dblclick", (event) => {
    const bar = event.target.closest("[data-bar]");
    if (bar) open(bar);
  });
  plan.addEventListener("focusin", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (bar) focused = bar.id;
  });
  document.addEventListener("htmx:after:settle", settle);
  document.addEventListener("waymark:moved", redraw);
  document.getElementById("dialog").addEventListener("close", () => pending && putBack());
  document.addEventListener("click", (event) => {
    const jump = event.target.closest("[data-jump]");
    const bar = jump && document.getElementById(jump.hash.slice(1));
    if (!bar) return;
    event.preventDefault();
    jump.closest("[popover]")?.hidePopover();
    focusBar(bar);
  });
  document.addEventListener("keydown", (event) => {
    const way = { "+": 1, "=": 1, "-": -1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, dialog")) return;
    zoom(way);
  });
  plan.addEventListener("wheel", onWheel, { passive: false });
  bindLinks(plan);
}

function onWheel(event) {
  if (!event.ctrlKey || !event.target.closest("[data-timeline]")) return;
  event.preventDefault();
  zoom(event.deltaY < 0 ? 1 : -1);
}
