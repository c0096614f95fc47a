/* Dependencies drawn on the timeline: from a handle at either end of a bar to the end or the beginning of another one. End to beginning is
   finish-start, beginning to beginning start-start, end to end finish-finish. By keys: l on a bar asks for the other one by key or words. */
import { say } from "./notices.js";

const SVG = "http://www.w3.org/2000/svg";
const KINDS = { "end-start": "FS", "start-start": "SS", "end-end": "FF" };
let plan = null;
let handles = [];
let drawn = null; // {bar, side, line, target, kind}

function make(name, classes) {
  const found = document.createElementNS(SVG, name);
  found.setAttribute("class", classes);
  return found;
}

/** Ask which feature waits for this bar's. */
export function linkFrom(bar) {
  const address = bar.dataset.dates.replace(/dates\/$/, "link/");
  return window.htmx.ajax("GET", address, { source: bar, target: "#dialog-body", swap: "innerHTML" });
}

/** The two handles stand at the ends of the bar under the pointer. */
function offer(bar) {
  if (handles[0]?.parentNode === bar || drawn) return;
  const box = bar.querySelector(".fillc, .softc");
  const [x, y] = [Number(box.getAttribute("x")), Number(box.getAttribute("y")) + 11];
  const end = Number(bar.querySelector(".tick")?.getAttribute("d").match(/M([\d.-]+)/)[1] ?? x + Number(box.getAttribute("width")));
  handles = handles.length ? handles : ["start", "end"].map((side) => {
    const handle = make("circle", "tl-handle");
    handle.dataset.side = side;
    handle.setAttribute("r", 5);
    return handle;
  });
  handles.forEach((handle, at) => {
    handle.setAttribute("cx", at ? end + 7 : x - 7);
    handle.setAttribute("cy", y);
    bar.append(handle);
  });
}

function onDown(event) {
  const handle = event.target.closest?.(".tl-handle");
  if (!handle || event.button !== 0) return;
  event.stopPropagation();
  event.preventDefault();
  const bar = handle.closest("[data-bar]");
  const line = make("line", "tl-draw");
  for (const name of ["x1", "x2"]) line.setAttribute(name, handle.getAttribute("cx"));
  for (const name of ["y1", "y2"]) line.setAttribute(name, handle.getAttribute("cy"));
  bar.parentNode.append(line);
  drawn = { bar, side: handle.dataset.side, line, target: null, kind: null };
  plan.setPointerCapture(event.pointerId);
}

function onMove(event) {
  if (!drawn) {
    const bar = event.target.closest?.("[data-bar][data-dates]");
    if (bar && !event.buttons) offer(bar);
    return;
  }
  event.stopPropagation();
  const box = drawn.bar.ownerSVGElement.getBoundingClientRect();
  drawn.line.setAttribute("x2", event.clientX - box.left);
  drawn.line.setAttribute("y2", event.clientY - box.top);
  const target = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-bar]");
  drawn.target?.classList.remove("is-target");
  drawn.target = target && target !== drawn.bar && target.dataset.key ? target : null;
  if (!drawn.target) return;
  const at = drawn.target.querySelector(".fillc, .softc").getBoundingClientRect();
  drawn.kind = KINDS[`${drawn.side}-${event.clientX < (at.left + at.right) / 2 ? "start" : "end"}`];
  drawn.target.classList.add("is-target");
}

function onUp(event) {
  if (!drawn) return;
  event.stopPropagation();
  const { bar, line, target, kind } = drawn;
  line.remove();
  target?.classList.remove("is-target");
  drawn = null;
  if (!target || event.type === "pointercancel") return;
  if (!kind) {
    say("From a beginning to an end is no way to wait. Draw from the end of a bar, or to the beginning of one.", "warning");
    return;
  }
  const address = bar.dataset.dates.replace(/dates\/$/, "link/");
  window.htmx.ajax("POST", address, { source: bar, target: "#dialog-body", swap: "innerHTML", values: { to: target.dataset.key, kind } });
}

/** Let dependencies be drawn on this plan, before its bars take the pointer. */
export function bindLinks(root) {
  plan = root;
  plan.addEventListener("pointerdown", onDown, { capture: true });
  plan.addEventListener("pointermove", onMove, { capture: true });
  plan.addEventListener("pointerup", onUp, { capture: true });
  plan.addEventListener("pointercancel", onUp, { capture: true });
}
