/* The features grid: one active cell moved by arrows, cells edited in place, windows of rows fetched as they come near and let go as they
   leave, rows picked for a change of many. */
import { bindBlocks, collapse, forget, isChoosing, keptOf, paint } from "./grid-block.js";
import { editorIn, isOpening, openEditor, saveEditor } from "./grid-editor.js";

const PHONE = matchMedia("(max-width: 720px)");
const NEAR = "1600px";
const SMALL_WINDOW = 60; // rows; smaller windows stay once they are there
const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [12, 0], PageUp: [-12, 0], Home: [0, -99], End: [0, 99] };
const picked = new Map(); // id → "id:version"
let grid = null;
let active = null; // {row: id of the tr, column: cellIndex}
let next = null; // where the active cell goes once a save is drawn
let lastPick = null;
let pressed = null; // the active cell a pointer went down on

const cellsOf = (row) => [...row.querySelectorAll("[role=gridcell]")];
const rowsOf = () => [...grid.querySelectorAll("tr[data-key]")].filter((row) => !row.parentElement.hidden);
const cellUrl = (cell) => `/features/${cell.closest("tr").dataset.key}/cell/?field=${cell.dataset.field}&in=row&${grid.dataset.query}`;

const placeOf = (cell) => ({ row: cell.closest("tr").id, column: cell.cellIndex });

function activeCell() {
  return active && document.getElementById(active.row)?.cells[active.column];
}

function activate(cell, focus = true) {
  collapse(cell);
  reactivate(cell, focus);
}

function reactivate(cell, focus = true) {
  for (const other of grid.querySelectorAll('[role=gridcell][tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  active = placeOf(cell);
  if (focus) cell.focus({ preventScroll: false });
}

function neighbour(cell, [down, right]) {
  const rows = rowsOf();
  const row = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(cell.closest("tr")) + down))];
  const cells = cellsOf(row);
  const column = cellsOf(cell.closest("tr")).indexOf(cell);
  return cells[Math.max(0, Math.min(cells.length - 1, column + right))];
}

function edit(cell, typed = "") {
  if (cell.dataset.field) openEditor(cell, cellUrl(cell), typed || keptOf(cell));
  else cell.querySelector("a")?.click();
}

function onKey(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const editor = event.target.closest("[data-cell-editor]");
  const cell = event.target.closest("[role=gridcell]");
  if (!cell) return;
  if (editor) {
    if (event.key === "Enter" && !event.shiftKey) next = placeOf(neighbour(cell, [1, 0]));
    else if (event.key === "Tab") {
      event.preventDefault();
      next = placeOf(neighbour(cell, [0, event.shiftKey ? -1 : 1]));
      saveEditor(editor);
    } else return;
    setTimeout(() => !editorIn(grid) && settle()); // nothing was changed: move at once
    return;
  }
  if (event.target !== cell) return;
  if (isOpening(cell)) {
    if (event.key === "Enter") next = placeOf(neighbour(cell, [1, 0]));
    if (event.key.length === 1 || event.key === "Enter") openEditor(cell, "", event.key === "Enter" ? "\n" : event.key);
  } else if (MOVES[event.key]) activate(neighbour(cell, MOVES[event.key]));
  else if (event.key === "Enter" || event.key === "F2") edit(cell);
  else if (event.key === "x" || event.key === " ") pick(cell.closest("tr"), event.shiftKey);
  else if (event.key.length === 1 && event.key !== "?" && cell.dataset.field && /[\p{L}\p{N}]/u.test(event.key)) edit(cell, event.key);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function onClick(event) {
  const cell = event.target.closest("[role=gridcell]");
  const fold = event.target.closest("[data-fold]");
  if (fold) return foldGroup(fold);
  if (!cell || event.target.closest("a, form")) return undefined;
  if (PHONE.matches) return cell.closest("tr").querySelector("a[data-panel]").click();
  if (isChoosing()) return activeCell()?.focus();
  const isAgain = cell === pressed; // the first click chooses the cell, the second opens its editor
  activate(cell);
  return isAgain && cell.dataset.field ? edit(cell) : undefined;
}

function foldGroup(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", open);
  for (const part of grid.querySelectorAll(`[data-of-group="${CSS.escape(button.dataset.fold)}"]`)) part.hidden = !open;
}

// --- windows ---------------------------------------------------------------------------------------------------------

const isGap = (part) => Boolean(part.querySelector(".gridgap"));

async function fill(part) {
  if (part.dataset.filling) return;
  part.dataset.filling = "true";
  await window.htmx.ajax("GET", part.dataset.src, { source: part, target: part, swap: "innerHTML" });
  delete part.dataset.filling;
  if (isGap(part)) return;
  part.dataset.live = "roadmaps.feature score demand";
  part.dataset.liveSrc = part.dataset.src;
}

function empty(part) {
  if (part.rows.length < SMALL_WINDOW || part.contains(document.activeElement) || part.hidden) return;
  const gap = document.createElement("tr");
  gap.className = "gridgap";
  const cell = gap.insertCell();
  cell.colSpan = grid.tHead.rows[0].cells.length;
  const height = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  height.setAttribute("width", 1);
  height.setAttribute("height", part.offsetHeight);
  height.setAttribute("aria-hidden", "true");
  cell.append(height);
  delete part.dataset.live;
  part.replaceChildren(gap);
}

function watchWindows() {
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && isGap(target)) fill(target);
      else if (!isIntersecting && !isGap(target)) empty(target);
    }
  }, { root: grid.closest("[data-grid-scroll]"), rootMargin: `${NEAR} 0px` });
  for (const part of grid.querySelectorAll("[data-window]")) observer.observe(part);
}

// --- picking ---------------------------------------------------------------------------------------------------------

const boxOf = (row) => row.querySelector(".pick input");

function setPick(row, on) {
  const box = boxOf(row);
  if (!box) return;
  box.checked = on;
  row.setAttribute("aria-selected", on);
  if (on) picked.set(row.id, box.value);
  else picked.delete(row.id);
}

function pick(row, isRange) {
  const on = !picked.has(row.id);
  const rows = rowsOf();
  const [from, to] = [rows.findIndex((other) => other.id === lastPick), rows.indexOf(row)].sort((a, b) => a - b);
  for (const one of isRange && from >= 0 ? rows.slice(from, to + 1) : [row]) setPick(one, on);
  lastPick = row.id;
  showPicked();
}

function showPicked() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  bar.hidden = picked.size === 0;
  bar.querySelector("[data-picked]").textContent = picked.size;
  const all = grid.querySelector("[data-pick-all]");
  if (all) all.indeterminate = picked.size > 0;
  if (all && !picked.size) all.checked = false;
}

function pickAll(on) {
  if (!on) picked.clear();
  for (const row of rowsOf()) setPick(row, on);
  showPicked();
}

// --- after the server drew something anew ----------------------------------------------------------------------------

function settle() {
  for (const row of rowsOf()) {
    const box = boxOf(row);
    if (box && picked.has(row.id)) setPick(row, true);
  }
  if (next && !editorIn(grid) && !document.querySelector("dialog[open]")) {
    active = next;
    next = null;
    const cell = activeCell();
    if (cell) activate(cell);
  } else {
    const cell = activeCell();
    if (cell) reactivate(cell, document.activeElement === document.body && !document.querySelector("dialog[open]"));
  }
  paint();
}

/** Rows from this one on, as many as asked for; windows that are not there yet are fetched. */
async function reach(row, count) {
  const from = () => rowsOf().slice(rowsOf().indexOf(row));
  while (from().length < count) {
    const gap = [...grid.querySelectorAll("[data-window]")].find((part) => isGap(part) && row.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (!gap) break;
    await fill(gap);
    if (isGap(gap)) break;
  }
  return from().slice(0, count);
}

function start() {
  const restore = () => activeCell() && reactivate(activeCell());
  bindBlocks({ grid, rows: rowsOf, cells: cellsOf, reach, restore });
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("pointerdown", ({ target }) => {
    const cell = target.closest("[role=gridcell]");
    pressed = cell === activeCell() && !isChoosing() ? cell : null;
    if (cell && !target.closest("a, input, select") && !isChoosing()) reactivate(cell, false);
  }, true);
  grid.addEventListener("click", onClick);
  grid.addEventListener("submit", ({ target }) => {
    const cell = target.closest("[role=gridcell]");
    if (cell) next ??= placeOf(cell);
    if (cell) forget(cell);
  });
  grid.addEventListener("click", (event) => {
    if (!event.target.matches(".pick input")) return;
    event.target.checked = !event.target.checked; // pick() sets it, a range as a whole
    event.preventDefault();
    setTimeout(() => pick(event.target.closest("tr"), event.shiftKey));
  });
  grid.querySelector("[data-pick-all]")?.addEventListener("change", (event) => pickAll(event.target.checked));
  document.querySelector("[data-pick-none]")?.addEventListener("click", () => pickAll(false));
  document.addEventListener("formdata", ({ target, formData }) => {
    if (!target.matches("[data-with-picked]")) return;
    for (const value of picked.values()) formData.append("row", value);
  });
  document.addEventListener("htmx:after:settle", settle);
  document.addEventListener("waymark:undo", () => {
    const saved = document.querySelector("[data-saved]");
    if (saved) saved.hidden = false;
  });
  watchWindows();
  const first = grid.querySelector("[role=gridcell]");
  if (first) activate(first, false);
}

/** Bring the grid to life, once. */
export function bind(root) {
  const found = root.querySelector?.("[data-grid]");
  if (!found || found === grid) return;
  grid = found;
  start();
}
