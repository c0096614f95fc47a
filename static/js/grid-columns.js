/* Columns of the grid: a head is dragged to another place, its right edge to another width. Alt and the arrows on a head move it,
   with Shift they change its width; a click or Enter with Shift sorts by it besides. The address says which columns are shown, so that a view keeps them. */

const STEP = 16;
const [NARROWEST, WIDEST] = [32, 800];
const FIXED = 2; // key and title stay in front
const FOCUS = "column-focus";
let dragged = null;

const heads = (table) => [...table.tHead.querySelectorAll("[data-column]")];
const colOf = (head) => head.closest("table").querySelector("colgroup").children[head.cellIndex];

function open(table, order = heads(table)) {
  const address = new URL(location.href);
  address.searchParams.delete("columns");
  address.searchParams.delete("at");
  const names = order.map((head, place) => (place < FIXED && !colOf(head).width ? "" : [head.dataset.column, colOf(head).width].filter(Boolean).join("~")));
  address.searchParams.set("columns", names.filter(Boolean).join(","));
  location.assign(address);
}

function move(head, to) {
  const order = heads(head.closest("table"));
  const from = order.indexOf(head);
  if (Math.min(to, from) < FIXED || to >= order.length || to === from) return;
  order.splice(to, 0, ...order.splice(from, 1));
  open(head.closest("table"), order);
}

function widen(head, width) {
  colOf(head).removeAttribute("class");
  colOf(head).width = Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));
}

function onKey(event) {
  const head = event.target.closest("[data-column]");
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!head || !event.altKey || !way) return;
  event.preventDefault();
  sessionStorage.setItem(FOCUS, head.dataset.column);
  const table = head.closest("table");
  if (!event.shiftKey) return move(head, heads(table).indexOf(head) + way);
  widen(head, head.offsetWidth + way * STEP);
  return open(table);
}

function onGrip(event) {
  const head = event.target.parentElement;
  const [from, width] = [event.clientX, head.offsetWidth];
  event.preventDefault();
  event.target.setPointerCapture(event.pointerId);
  event.target.onpointermove = ({ clientX }) => widen(head, width + clientX - from);
  event.target.onpointerup = () => open(head.closest("table"));
}

/** Let the columns of the grid be moved and sized. */
export function bind(root) {
  const thead = root.matches?.("[data-columns]") ? root : root.querySelector("[data-columns]");
  if (!thead || thead.dataset.bound) return;
  thead.dataset.bound = "true";
  const table = thead.closest("table");
  for (const head of heads(table)) {
    const grip = Object.assign(document.createElement("span"), { className: "colgrip" });
    grip.addEventListener("pointerdown", onGrip);
    grip.addEventListener("click", (event) => event.preventDefault());
    head.append(grip);
    const link = head.querySelector("a");
    if (link) link.title = "With Shift, a click or Enter sorts by this too. Alt and ← → move this column, with Shift they change its width";
    head.draggable = true;
  }
  thead.addEventListener("keydown", onKey);
  thead.addEventListener("click", (event) => { // Shift and Enter are such a click, too
    const link = event.target.closest("[data-also]");
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    sessionStorage.setItem(FOCUS, link.closest("[data-column]").dataset.column);
    location.assign(link.dataset.also);
  });
  thead.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-column]");
    if (event.target.closest(".colgrip")) event.preventDefault();
  });
  thead.addEventListener("dragover", (event) => event.preventDefault());
  thead.addEventListener("drop", (event) => {
    const head = event.target.closest("[data-column]");
    event.preventDefault();
    if (dragged && head) move(dragged, heads(table).indexOf(head));
    dragged = null;
  });
  thead.querySelector(`[data-column="${sessionStorage.getItem(FOCUS)}"] a`)?.focus();
  sessionStorage.removeItem(FOCUS);
}
