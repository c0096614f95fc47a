/* Boards: a card is dragged to another column, or moved by keys: Alt+← → to the next column, m asks where to, arrows go from card to card,
   Enter opens it. The server moves it, asks for a reason where one is needed, and draws the board anew. */
import { openPanel } from "./panel.js";

let plan = null;
let focused = "";
let dragged = null;

const cards = () => [...plan.querySelectorAll("[data-card]")];
const column = (card) => card.closest("[data-column]");
const row = (card) => [...card.closest(".boardrow").children];

function announce(text) {
  document.getElementById("announcements").textContent = text;
}

async function move(card, target) {
  const to = target?.dataset.to;
  if (!to || target === column(card)) return;
  if (!card.dataset.move) return announce("You may not move this one.");
  focused = card.id;
  announce(`${card.getAttribute("aria-label")}: moving to ${target.dataset.title}`);
  const values = { to, version: card.dataset.version };
  await window.htmx.ajax("POST", card.dataset.move, { source: card, target: "#dialog-body", swap: "innerHTML", values });
}

async function redraw() {
  if (!plan?.isConnected) return;
  await window.htmx.ajax("GET", plan.dataset.liveSrc, { source: plan, target: plan, swap: "innerHTML", headers: { "X-Live": "true" } });
  settle();
  const card = document.getElementById(focused);
  if (card) announce(`${card.getAttribute("aria-label")} is in ${column(card).dataset.title}.`);
}

/** One card takes part in the order of Tab; after the board was drawn anew it has the focus it had. */
function settle() {
  if (!plan?.querySelector("[data-board]")) return;
  const all = cards();
  const card = document.getElementById(focused) ?? all[0];
  for (const other of all) other.setAttribute("tabindex", other === card ? 0 : -1);
  if (focused && document.activeElement === document.body) card?.focus({ preventScroll: true });
}

function focusCard(card) {
  if (!card) return;
  focused = card.id;
  settle();
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The nearest card beside this one: in the next column of its lane that has any, as far down. */
function beside(card, way) {
  const columns = row(card);
  const depth = [...column(card).querySelectorAll("[data-card]")].indexOf(card);
  for (let at = columns.indexOf(column(card)) + way; at >= 0 && at < columns.length; at += way) {
    const there = [...columns[at].querySelectorAll("[data-card]")];
    if (there.length) return there[Math.min(depth, there.length - 1)];
  }
  return null;
}

function onKey(event) {
  const card = event.target.closest?.("[data-card]");
  if (!card || event.target !== card || event.ctrlKey || event.metaKey) return;
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const all = cards();
  if (way && event.altKey) move(card, row(card)[row(card).indexOf(column(card)) + way]);
  else if (event.altKey) return;
  else if (way) focusCard(beside(card, way));
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") focusCard(all[all.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)]);
  else if (event.key === "m") card.querySelector("[data-move-to]")?.click();
  else if (event.key === "Enter") {
    const link = card.querySelector("[data-panel], [data-open]");
    if (link?.matches(".cardhead [data-panel]")) openPanel(link.getAttribute("href"));
    else link?.click();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function onDrag(event) {
  const target = event.target.closest?.("[data-column]");
  for (const other of plan.querySelectorAll(".is-target")) if (other !== target) other.classList.remove("is-target");
  if (!dragged || !target?.dataset.to) return;
  event.preventDefault();
  target.classList.add("is-target");
}

function onDrop(event) {
  const target = event.target.closest("[data-column]");
  if (!dragged || !target) return;
  event.preventDefault();
  move(dragged, target);
}

function onEnd() {
  dragged?.classList.remove("is-dragged");
  for (const other of plan.querySelectorAll(".is-target")) other.classList.remove("is-target");
  dragged = null;
}

/** Bring the cards to life, once. */
export function bind(root) {
  const found = root.querySelector?.("#plan:has([data-board])") ?? (root.matches?.("#plan") ? root : null);
  if (!found || plan === found) return;
  plan = found;
  settle();
  plan.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card][data-move]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.getAttribute("aria-label"));
    dragged.classList.add("is-dragged");
  });
  plan.addEventListener("dragover", onDrag);
  plan.addEventListener("drop", onDrop);
  plan.addEventListener("dragend", onEnd);
  plan.addEventListener("keydown", onKey);
  plan.addEventListener("focusin", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (card) focused = card.id;
  });
  document.addEventListener("htmx:after:settle", settle);
  document.addEventListener("waymark:moved", redraw);
}
