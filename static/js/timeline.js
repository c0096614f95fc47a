/* The timeline's bars: dragged to move, dragged by an edge to begin or end elsewhere; by keys ← → move, Shift+← → end elsewhere,
   Shift+↑ ↓ begin sooner or later, ↑ ↓ go to another bar, Enter opens the feature. What is dropped is saved like a cell; the server then
   draws the plan anew. */
import { say } from "./notices.js";
import { openPanel } from "./panel.js";

const EDGE = 8; // pixels at either end that resize
const PAUSE_MS = 700; // after the last key a move is saved
const DAY_MS = 86400000;
const FIXED = { move: [1, 1], end: [0, 1], start: [1, 0] };
let plan = null;
let focused = "";
let keyed = null; // {bar, how, days, timer}
let drag = null;

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

async function save(bar, how, days) {
  if (!days) return show(bar, how, 0);
  const values = { field: "target_date", version: bar.dataset.version, ...dates(bar, how, days) };
  await window.htmx.ajax("POST", `${bar.dataset.cell}?in=bar`, { source: bar, target: bar, swap: "none", values });
  return redraw();
}

async function redraw() {
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
  if (!bar || event.button !== 0 || !bar.dataset.cell) return;
  drag = { bar, how: part(bar, event.clientX), from: event.clientX, days: 0, moved: false };
  bar.setPointerCapture(event.pointerId);
}

function onMove(event) {
  const hovered = event.target.closest?.("[data-bar][data-cell]");
  if (!drag) {
    hovered?.classList.toggle("is-edge", part(hovered, event.clientX) !== "move");
    return;
  }
  const by = event.clientX - drag.from;
  if (!drag.moved && Math.abs(by) < 4) return;
  drag.moved = true;
  drag.bar.classList.add("is-dragged");
  drag.days = Math.round(by / perDay());
  show(drag.bar, drag.how, drag.days);
}

function onUp(event) {
  if (!drag) return;
  const { bar, how, days, moved } = drag;
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
  if (event.key === "Enter" || event.key === " ") openPanel(bar.dataset.panelBar);
  else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) nudge(bar, "start", event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") focusBar(all[all.indexOf(bar) + (event.key === "ArrowDown" ? 1 : -1)]);
  else if (event.key === "Escape" && keyed) {
    clearTimeout(keyed.timer);
    show(bar, keyed.how, 0);
    keyed = null;
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") nudge(bar, event.shiftKey ? "end" : "move", event.key === "ArrowRight" ? 1 : -1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function nudge(bar, how, way) {
  if (!bar.dataset.cell) return say("You may not change this feature's dates.", "warning");
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
    if (bar) openPanel(bar.dataset.panelBar);
  });
  plan.addEventListener("focusin", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (bar) focused = bar.id;
  });
  document.addEventListener("htmx:after:settle", settle);
}
