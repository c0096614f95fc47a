/* Blocks of cells: chosen with Shift and the arrows or by dragging, copied to and pasted from a spreadsheet, cut, emptied, filled down.
   What is sent is saved together, as one change; a cell that was refused keeps what was meant for it and says why. */
import { say } from "./notices.js";

const STEPS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [12, 0], PageUp: [-12, 0], Home: [0, -99], End: [0, 99] };
const HANDLE_PX = 8;
let at = null; // what grid.js lends: {grid, rows, cells, activate, fill}
let range = null; // {from, to}, each {row: id of the tr, column: index among its cells}
const refused = new Map(); // "row field" → {text, why} of cells whose text was not taken
let drag = ""; // "choose" or "fill" while the pointer is down

const placeOf = (cell) => ({ row: cell.closest("tr").id, column: at.cells(cell.closest("tr")).indexOf(cell) });
const between = (a, b, value) => value >= Math.min(a, b) && value <= Math.max(a, b);
const isBlock = () => range && (range.from.row !== range.to.row || range.from.column !== range.to.column);

/** The cells of the block, a list for each row. */
function block() {
  const rows = at.rows();
  const [first, last] = [range.from, range.to].map((place) => rows.findIndex((row) => row.id === place.row)).sort((a, b) => a - b);
  if (first < 0) return [];
  return rows.slice(first, last + 1).map((row) => at.cells(row).filter((_, index) => between(range.from.column, range.to.column, index)));
}

const nameOf = (cell) => `${cell.closest("tr").id} ${cell.dataset.field}`;

/** What was meant for a cell and not taken, if anything. */
export const keptOf = (cell) => refused.get(nameOf(cell))?.text;

/** The cell is given another value: what was meant for it counts no longer. */
export const forget = (cell) => refused.delete(nameOf(cell));

function markRefused() {
  for (const [name, { text, why }] of refused) {
    const [row, field] = name.split(" ");
    const cell = at.grid.querySelector(`#${row} [data-field="${field}"]`);
    if (!cell) continue;
    cell.classList.add("is-refused");
    cell.setAttribute("aria-invalid", "true");
    cell.title = `“${text}” was not taken. ${why}`;
  }
}

/** Show the block and what was refused, again where rows were drawn anew. */
export function paint() {
  markRefused();
  for (const cell of at?.grid.querySelectorAll(".is-in") ?? []) {
    cell.classList.remove("is-in", "is-corner");
    cell.removeAttribute("aria-selected");
  }
  if (!isBlock()) return;
  const lines = block();
  for (const cell of lines.flat()) {
    cell.classList.add("is-in");
    cell.setAttribute("aria-selected", "true");
  }
  lines.at(-1)?.at(-1)?.classList.add("is-corner");
}

/** The block is this cell alone. */
export function collapse(cell) {
  range = { from: placeOf(cell), to: placeOf(cell) };
  paint();
}

function extendTo(cell) {
  range.to = placeOf(cell);
  paint();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function extendBy([down, right]) {
  const rows = at.rows();
  const row = rows[Math.max(0, Math.min(rows.length - 1, rows.findIndex((one) => one.id === range.to.row) + down))];
  const cells = at.cells(row);
  extendTo(cells[Math.max(0, Math.min(cells.length - 1, range.to.column + right))]);
}

// --- text ------------------------------------------------------------------------------------------------------------

/** What a cell holds, so that pasting it again gives the same. */
function textOf(cell) {
  if (keptOf(cell) !== undefined) return keptOf(cell);
  if (cell.querySelector(".blank")) return "";
  const exact = cell.querySelector("time, data");
  if (exact) return exact.dateTime ?? exact.value;
  return (cell.querySelector("[role=img][aria-label]")?.getAttribute("aria-label") ?? cell.querySelector(".pair > :first-child, .range, b")?.textContent ?? cell.textContent).trim();
}

const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const asText = (lines) => lines.map((cells) => cells.map((cell) => quoted(textOf(cell))).join("\t")).join("\n");

/** Tab-separated lines as a spreadsheet writes them, quotes around cells that need them. */
function readText(text) {
  const lines = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/gy;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    lines.at(-1).push(found[1]?.replaceAll('""', '"') ?? found[2]);
    if (!found[3]) break;
    if (found[3] !== "\t") lines.push([]);
  }
  if (lines.length > 1 && lines.at(-1).length === 1 && lines.at(-1)[0] === "") lines.pop(); // a line break at the end begins no line
  return lines;
}

// --- changes ---------------------------------------------------------------------------------------------------------

async function send(changes) {
  const { grid } = at;
  const wanted = changes.filter(([cell, text]) => cell.dataset.field && textOf(cell) !== text);
  if (!wanted.length) return say("Nothing here is changed by that.");
  const cells = wanted.map(([cell, text]) => [Number(cell.closest("tr").id.split("-")[1]), Number(cell.closest("tr").dataset.version), cell.dataset.field, text]);
  const answer = document.getElementById("cells-answer");
  answer.replaceChildren();
  await window.htmx.ajax("POST", `${grid.dataset.cells}?${grid.dataset.query}`, { source: answer, target: answer, swap: "innerHTML", values: { cells: JSON.stringify(cells) } });
  for (const row of answer.querySelectorAll("tr[id]")) grid.querySelector(`#${row.id}`)?.replaceWith(row);
  const left = [...answer.querySelectorAll("li")];
  for (const [cell] of wanted) forget(cell);
  for (const { dataset, textContent } of left) refused.set(`${dataset.row} ${dataset.cell}`, { text: dataset.text, why: textContent });
  if (left.length) say(`${left.length} of ${cells.length} cells were left as they are. ${left[0].textContent}`, "warning");
  answer.replaceChildren();
  paint();
  return at.restore();
}

async function paste(text) {
  const lines = readText(text);
  let target = block();
  const isFill = lines.length === 1 && lines[0].length === 1;
  if (!isFill) {
    const [row, column] = [target[0][0].closest("tr"), at.cells(target[0][0].closest("tr")).indexOf(target[0][0])];
    const rows = await at.reach(row, lines.length);
    target = rows.map((one) => at.cells(one).slice(column, column + Math.max(...lines.map((line) => line.length))));
    if (rows.length < lines.length) say(`${lines.length - rows.length} lines have no row to go to and were left out.`, "warning");
    range = { from: placeOf(target[0][0]), to: placeOf(target.at(-1).at(-1)) };
  }
  const changes = target.flatMap((cells, line) => cells.map((cell, index) => [cell, isFill ? lines[0][0] : lines[line][index]]));
  return send(changes.filter(([, value]) => value !== undefined));
}

const fillDown = (lines) => send(lines.slice(1).flatMap((cells) => cells.map((cell, index) => [cell, textOf(lines[0][index])])));
const empty = () => send(block().flat().map((cell) => [cell, ""]));

// --- keys, pointer, clipboard ----------------------------------------------------------------------------------------

function onKey(event) {
  const cell = event.target;
  if (!cell.matches("[role=gridcell]") || event.isComposing || event.altKey) return;
  if (!range) collapse(cell);
  const isMod = event.ctrlKey || event.metaKey;
  if (event.shiftKey && !isMod && STEPS[event.key]) extendBy(STEPS[event.key]);
  else if (isMod && event.key.toLowerCase() === "d") fillDown(block());
  else if (isMod && event.key.toLowerCase() === "a") {
    const rows = at.rows();
    range = { from: { row: rows[0].id, column: 0 }, to: { row: rows.at(-1).id, column: at.cells(rows[0]).length - 1 } };
    paint();
  } else if (!isMod && (event.key === "Delete" || event.key === "Backspace")) empty();
  else if (event.key === "Escape" && isBlock()) collapse(cell);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onPointer(event) {
  const cell = event.target.closest?.("[role=gridcell]");
  if (event.type === "pointerdown") {
    if (!cell || event.button || event.pointerType === "touch" || cell.classList.contains("is-editing") || event.target.closest("a, input")) return;
    const box = cell.getBoundingClientRect();
    if (cell.matches(".is-corner") && event.clientX > box.right - HANDLE_PX && event.clientY > box.bottom - HANDLE_PX) drag = "fill";
    else if (event.shiftKey && range) extendTo(cell);
    else [drag, range] = ["choose", { from: placeOf(cell), to: placeOf(cell) }];
    if (event.shiftKey || drag === "fill") event.preventDefault();
    if (drag === "choose") paint();
  } else if (event.type === "pointerup") {
    if (drag === "fill") fillDown(block());
    drag = "";
  } else if (drag && cell && at.grid.contains(cell) && event.buttons === 1) {
    const place = placeOf(cell);
    if (drag === "fill") place.column = range.to.column;
    if (place.row === range.to.row && place.column === range.to.column) return;
    range.to = place;
    getSelection().removeAllRanges();
    paint();
  }
}

function onClipboard(event) {
  if (!range || !document.activeElement?.matches?.("[role=gridcell]") || !at.grid.contains(document.activeElement)) return;
  event.preventDefault();
  if (event.type === "paste") {
    paste(event.clipboardData.getData("text/plain"));
    return;
  }
  event.clipboardData.setData("text/plain", asText(block()));
  if (event.type === "cut") empty();
  else say(`${block().flat().length} cells copied.`);
}

/** Let blocks be chosen in the grid; `lent` is what grid.js knows of it. Whether a click came with a block is told by `isChoosing`. */
export function bindBlocks(lent) {
  at = lent;
  at.grid.addEventListener("keydown", onKey);
  for (const type of ["pointerdown", "pointermove"]) at.grid.addEventListener(type, onPointer);
  document.addEventListener("pointerup", onPointer);
  for (const type of ["copy", "cut", "paste"]) document.addEventListener(type, onClipboard);
}

export { isBlock as isChoosing };
