/* data-walk=".line": J and K move the focus from line to line of a list; Enter does what the line's button or link does. */

const EDITABLE = "input, select, textarea, [contenteditable=true]";

function walk(event) {
  const step = { j: 1, k: -1 }[event.key];
  if (!step || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(EDITABLE)) return;
  if (localStorage.getItem("single-keys") === "off" || document.querySelector("dialog[open]")) return;
  const list = document.querySelector("[data-walk]");
  const lines = list ? [...list.querySelectorAll(list.dataset.walk)] : [];
  if (!lines.length) return;
  event.preventDefault();
  const here = lines.indexOf(document.activeElement);
  lines[here < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, here + step))].focus();
}

/** Listen once, whatever lists come and go. */
export function bind() {
  document.removeEventListener("keydown", walk);
  document.addEventListener("keydown", walk);
}
