/* Writing a document: numbered lines behind the text field, tools that act on the selection, and the choice of what is shown.
   Keeping the draft and drawing the preview is one htmx request of the form itself; without this script the page writes and saves all the same. */

const FIELD = /\{\{\s*[a-z.]+(?:\s+top=\d+)?\s*\}\}/g;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

function lineOf(text, isHeading) {
  const line = document.createElement("li");
  const words = document.createElement("span");
  let end = 0;
  for (const found of text.matchAll(FIELD)) {
    words.append(text.slice(end, found.index), Object.assign(document.createElement("span"), { className: "lf", textContent: found[0] }));
    end = found.index + found[0].length;
  }
  words.append(text.slice(end));
  line.classList.toggle("h", isHeading);
  line.append(words);
  return line;
}

function drawLines(list, field) {
  let fenced = false;
  const lines = field.value.split("\n").map((text) => {
    if (FENCE.test(text)) fenced = !fenced;
    return lineOf(text, !fenced && /^#{1,6}\s/.test(text));
  });
  list.replaceChildren(...lines);
  list.parentElement.classList.add("is-lined");
}

/* execCommand is the one way to write into a field that its own undo knows of. */
function write(field, text, from, to) {
  field.focus();
  field.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function act(field, { wrap, wrapEnd = wrap, prefix, insert }) {
  const { selectionStart: from, selectionEnd: to, value } = field;
  if (wrap) {
    write(field, `${wrap}${value.slice(from, to)}${wrapEnd}`, from, to);
    field.setSelectionRange(from + wrap.length, to + wrap.length);
  } else if (prefix) {
    const start = value.lastIndexOf("\n", from - 1) + 1;
    write(field, value.slice(start, to).split("\n").map((line) => prefix + line).join("\n"), start, to);
  } else if (insert) write(field, insert, from, to);
}

function show(page, view) {
  page.dataset.view = view;
  for (const link of document.querySelectorAll("[data-docview]")) {
    if (link.dataset.docview === view) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const kept = page.querySelector("[data-docview-kept]");
  if (kept) kept.value = view;
  history.replaceState(history.state, "", `?view=${view}`);
}

const bound = new WeakSet();

/** Make the editor on this page work. */
export function bind(root) {
  const page = root.querySelector("[data-docpage]");
  const field = page?.querySelector("[data-doctext]");
  if (!field || bound.has(field)) return;
  bound.add(field);
  const list = page.querySelector("[data-doclines]");
  drawLines(list, field);
  field.addEventListener("input", () => drawLines(list, field));
  field.form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    const mark = page.querySelector("[data-draft-mark]");
    if (ctx.sourceElement === field.form && ctx.response.status < 400) mark.textContent = "Draft kept. Save makes a revision of it.";
  });
  const tools = document.querySelector("[data-doctools]");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-wrap], [data-prefix], [data-insert]");
    if (!tool) return;
    tool.closest("[popover]")?.hidePopover();
    act(field, tool.dataset);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-docview]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(page, link.dataset.docview);
  });
}
