/* Choosing a passage of a message and linking it. Mouse: select words. Keyboard: with the text focused, arrow down and up choose a
   sentence, Shift takes one more. Then L, or the Link button, opens the finder beside the passage.
   Offsets are counted in characters (code points), as the server counts them; each piece of text carries its own in data-start. */

const bound = new WeakSet();
const painted = CSS.highlights ? new Highlight() : null;
if (painted) CSS.highlights.set("passage", painted);
let chosen = null; // {start, end, text, range}

const textOf = () => document.querySelector("[data-passages]");
const dialogOf = () => document.getElementById("link-dialog");
const countOf = (text) => Array.from(text).length;
const numberOf = (piece) => Number(piece.dataset.sentence);

function offsetAt(node, offset) {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
  if (!piece) return null;
  const before = node.nodeType === Node.TEXT_NODE ? node.data.slice(0, offset) : "";
  return Number(piece.dataset.start) + countOf(before);
}

function choose(range, start, end) {
  chosen = { start, end, range: range.cloneRange(), text: range.toString().trim() };
  painted?.clear();
  painted?.add(chosen.range);
}

function forget() {
  chosen = null;
  painted?.clear();
}

/* The first and last text of a range that stand in pieces: a range may end in the white space between paragraphs. */
function fromSelection() {
  const text = textOf();
  const selection = getSelection();
  if (!text || selection.isCollapsed || !selection.rangeCount || !text.contains(selection.anchorNode)) return;
  const range = selection.getRangeAt(0);
  const pieces = [...text.querySelectorAll("[data-start]")].filter((piece) => range.intersectsNode(piece) && piece.textContent);
  if (!pieces.length) return;
  const [first, last] = [pieces[0], pieces[pieces.length - 1]];
  const start = first.contains(range.startContainer) ? offsetAt(range.startContainer, range.startOffset) : Number(first.dataset.start);
  const end = last.contains(range.endContainer) ? offsetAt(range.endContainer, range.endOffset) : Number(last.dataset.start) + countOf(last.textContent);
  if (end > start) choose(range, start, end);
}

function chooseSentences(text, from, to) {
  const pieces = [...text.querySelectorAll("[data-sentence]")].filter((piece) => numberOf(piece) >= from && numberOf(piece) <= to);
  if (!pieces.length) return false;
  const range = document.createRange();
  const last = pieces[pieces.length - 1];
  range.setStart(pieces[0].firstChild, 0);
  range.setEnd(last.firstChild, last.firstChild.length);
  getSelection().removeAllRanges();
  choose(range, Number(pieces[0].dataset.start), Number(last.dataset.start) + countOf(last.textContent));
  Object.assign(chosen, { from, to });
  last.scrollIntoView({ block: "nearest" });
  document.getElementById("announcements").textContent = chosen.text;
  return true;
}

function step(event) {
  const text = textOf();
  const down = event.key === "ArrowDown";
  if ((!down && event.key !== "ArrowUp") || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const { from = down ? -1 : Infinity, to = from } = chosen ?? {};
  if (event.shiftKey && chosen) chooseSentences(text, from, Math.max(from, to + (down ? 1 : -1)));
  else if (from === Infinity) chooseSentences(text, 0, 0);
  else chooseSentences(text, down ? to + 1 : from - 1, down ? to + 1 : from - 1);
}

function open(event) {
  const dialog = dialogOf();
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const form = dialog.querySelector("form");
  form.elements.start.value = chosen?.start ?? "";
  form.elements.end.value = chosen?.end ?? "";
  form.elements.q.value = "";
  const said = form.querySelector("[data-link-chosen]");
  said.hidden = Boolean(chosen);
  said.textContent = "No passage is chosen, so the whole message is linked.";
  const anchor = dialog.parentElement.getBoundingClientRect();
  const box = (chosen?.range ?? textOf()).getBoundingClientRect();
  dialog.style.setProperty("--top", `${Math.round((chosen ? box.bottom : box.top) - anchor.top + 8)}px`);
  if (!dialog.open) dialog.show();
  form.elements.q.focus();
  window.htmx.trigger(form.elements.q, "open");
  dialog.scrollIntoView({ block: "nearest" });
}

function close() {
  const dialog = dialogOf();
  if (!dialog?.open) return;
  dialog.close();
  textOf()?.focus();
}

/* Arrows walk the features while the words stay where they are; Enter links. */
function walk(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
  if (event.target.name !== "q" || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const options = [...event.currentTarget.querySelectorAll('[name="feature"]')];
  const here = options.findIndex((option) => option.checked);
  const next = options[(here + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length];
  if (next) next.checked = true;
  next?.closest(".opt").scrollIntoView({ block: "nearest" });
}

document.addEventListener("selectionchange", fromSelection);
document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-link-open]");
  if (opens) open(event);
  else if (dialogOf()?.open && !event.target.closest("#link-dialog")) close();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && chosen && !dialogOf()?.open) forget();
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (!ctx.sourceElement?.matches?.("[data-link-form]") || ctx.response.status >= 400) return;
  close();
  forget();
});

/** Listen to the text and its finder; again after each swap, for another message is another text. */
export function bind() {
  const [text, dialog] = [textOf(), dialogOf()];
  if (text && !text.contains(chosen?.range?.startContainer ?? null)) forget();
  if (text && !bound.has(text)) text.addEventListener("keydown", step);
  if (dialog && !bound.has(dialog)) dialog.addEventListener("keydown", walk);
  for (const element of [text, dialog]) if (element) bound.add(element);
}
