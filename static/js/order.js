/* A list of one product in its order by hand: rows dragged by their handle, or moved with Alt and the arrows; Alt+M asks where to.
   Where rows are picked, they move together. The server then says what is so, with a way back, and the list is drawn anew. */
import { say } from "./notices.js";

let list = null;
let dragged = null; // {row, over, isAfter}
let sending = Promise.resolve(); // moves made quickly reach the server in their order
let isSending = false;

const rowsOf = () => [...list.querySelectorAll("tr[data-key]")];
const pickedOf = (row) => (row.getAttribute("aria-selected") === "true" ? rowsOf().filter((one) => one.getAttribute("aria-selected") === "true") : [row]);
const placeOf = (cell) => ({ row: cell.closest("tr").id, column: cell.cellIndex });

/** Draw the list anew where it stands, with the same cell in hand. */
async function redraw(place) {
  const scroll = list.closest("[data-grid-scroll]");
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-order]");
  if (!fresh) return;
  const parts = new Map([...fresh.querySelectorAll("[data-window]")].map((part) => [part.id, part]));
  for (const part of list.querySelectorAll("[data-window]")) {
    const now = parts.get(part.id);
    if (!now) continue;
    part.dataset.src = now.dataset.src;
    if (part.dataset.liveSrc) part.dataset.liveSrc = now.dataset.src;
    if (part.querySelector(".gridgap")) continue;
    await window.htmx.ajax("GET", part.dataset.src, { source: part, target: part, swap: "innerMorph", headers: { "X-Live": "true" } });
  }
  const cell = place && document.getElementById(place.row)?.cells[place.column];
  if (cell && scroll.contains(cell)) cell.focus();
}

/** What this window shows is asked for by the rows that stand in it now: news that comes meanwhile draws no older order. */
function address(part) {
  const url = new URL(part.dataset.src, location);
  url.searchParams.set("ids", [...part.querySelectorAll("tr[data-key]")].map((row) => row.id.slice("feature-".length)).join());
  part.dataset.src = part.dataset.liveSrc = url.pathname + url.search;
}

function move(rows, anchor, isAfter, place) {
  if (!anchor || rows.includes(anchor)) return;
  const [parent, beside] = [anchor.parentElement, isAfter ? anchor.nextSibling : anchor];
  const left = rows.map((row) => row.parentElement);
  for (const row of rows) parent.insertBefore(row, beside); // seen at once; the server's answer draws it anew
  for (const part of new Set([parent, ...left])) address(part);
  const values = { feature: rows.map((row) => row.dataset.key).join(), place: isAfter ? "after" : "before", key: anchor.dataset.key };
  const cell = place && document.getElementById(place.row)?.cells[place.column];
  cell?.focus();
  sending = sending.then(async () => {
    isSending = true;
    await window.htmx.ajax("POST", list.dataset.order, { source: list, target: list, swap: "none", values });
    isSending = false;
    await redraw(place);
  });
}

function onKey(event) {
  const cell = event.target.closest("[role=gridcell]");
  if (!cell || event.target !== cell || !event.altKey || event.ctrlKey || event.metaKey) return;
  const [rows, moved] = [rowsOf(), pickedOf(cell.closest("tr"))];
  if (event.key === "ArrowUp") move(moved, rows[rows.indexOf(moved[0]) - 1], false, placeOf(cell));
  else if (event.key === "ArrowDown") move(moved, rows[rows.indexOf(moved.at(-1)) + 1], true, placeOf(cell));
  else if (event.key.toLowerCase() === "m") ask(moved);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function ask(rows) {
  const query = new URLSearchParams(rows.map((row) => ["feature", row.dataset.key]));
  window.htmx.ajax("GET", `${list.dataset.order}?${query}`, { source: list, target: "#dialog-body", swap: "innerHTML" });
}

function mark(row, isAfter) {
  for (const other of list.querySelectorAll(".is-over, .is-under")) other.classList.remove("is-over", "is-under");
  row?.classList.add(isAfter ? "is-under" : "is-over");
}

function onDown(event) {
  const handle = event.target.closest("[data-order] td.pick");
  if (!handle || event.target.closest("input") || event.button) return;
  event.preventDefault();
  dragged = { row: handle.closest("tr"), over: null, isAfter: false };
  handle.setPointerCapture(event.pointerId);
  for (const row of pickedOf(dragged.row)) row.classList.add("is-dragged");
}

function onMove(event) {
  if (!dragged) return;
  const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-order] tr[data-key]");
  if (!row) return;
  const { top, height } = row.getBoundingClientRect();
  Object.assign(dragged, { over: row, isAfter: event.clientY > top + height / 2 });
  mark(row, dragged.isAfter);
}

function onUp(event) {
  if (!dragged) return;
  const { row, over, isAfter } = dragged;
  dragged = null;
  mark(null);
  for (const one of list.querySelectorAll(".is-dragged")) one.classList.remove("is-dragged");
  if (event.type === "pointerup" && over) move(pickedOf(row), over, isAfter);
}

/** Let the rows of this list be moved, once. */
export function bind(root) {
  const found = root.querySelector?.("[data-order]");
  if (!found || found === list) return;
  list = found;
  list.addEventListener("keydown", onKey, true);
  list.addEventListener("pointerdown", onDown);
  list.addEventListener("pointermove", onMove);
  for (const type of ["pointerup", "pointercancel"]) list.addEventListener(type, onUp);
  document.addEventListener("waymark:turned", () => list.isConnected && redraw(document.activeElement?.closest("[role=gridcell]") && placeOf(document.activeElement)));
  document.addEventListener("waymark:ordered", () => isSending || redraw());
  document.querySelector("[data-move-picked]")?.addEventListener("click", () => {
    const rows = rowsOf().filter((row) => row.getAttribute("aria-selected") === "true");
    if (rows.length) ask(rows);
    else say("Choose the features to move.");
  });
}
