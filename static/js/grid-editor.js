/* Editing in place. A cell (or fact) is filled with the editor the server answers for it: Enter saves, Esc puts back what stood there,
   leaving it saves what was changed. data-edit="url" on a link opens the editor in the cell around the link. */

const before = new WeakMap();
const ahead = new WeakMap(); // what was typed while the editor was on its way

const cellOf = (form) => form.closest("[data-field]");
const controlOf = (form) => form.querySelector("[aria-invalid=true]") ?? form.querySelector("input:not([type=hidden]), select, textarea");
const valuesOf = (form) => JSON.stringify([...new FormData(form)]);

/** Fill the cell with its editor and put the caret there; `typed` begins the value anew. */
export async function openEditor(cell, url, typed = "") {
  if (isOpening(cell)) ahead.set(cell, ahead.get(cell) + typed);
  if (cell.classList.contains("is-editing")) return;
  before.set(cell, [...cell.childNodes]);
  ahead.set(cell, typed);
  cell.classList.add("is-editing");
  cell.setAttribute("hx-morph-skip", ""); // a live part drawn anew leaves the editor alone
  await window.htmx.ajax("GET", url, { source: cell, target: cell, swap: "innerHTML" });
  const form = cell.querySelector("[data-cell-editor]");
  const text = ahead.get(cell);
  ahead.delete(cell);
  if (!form) return closeEditor(cell);
  form.dataset.before = valuesOf(form);
  focusControl(form, text.replace("\n", ""));
  if (text.endsWith("\n")) save(form);
}

/** Whether the cell's editor was asked for and is not there yet; keys meant for it are handed to openEditor. */
export const isOpening = (cell) => ahead.has(cell);

function focusControl(form, typed) {
  const control = controlOf(form);
  control.focus();
  if (typed && control.matches("input[type=text], input[type=number], textarea")) control.value = typed;
  else if (control.matches("input[type=text], input[type=number]")) control.select();
  if (control.matches("select")) {
    try {
      control.showPicker();
    } catch {
      // Not allowed without a click or key just before: the list opens by Alt+Down.
    }
  }
}

/** Put back what stood in the cell. */
export function closeEditor(cell) {
  if (!cell?.isConnected || !before.has(cell)) return;
  cell.replaceChildren(...before.get(cell));
  cell.classList.remove("is-editing");
  cell.removeAttribute("hx-morph-skip");
  before.delete(cell);
}

function save(form) {
  if (form.dataset.sent) return;
  if (form.dataset.before === valuesOf(form) && !form.querySelector(".errorlist")) {
    closeEditor(cellOf(form));
    return;
  }
  form.dataset.sent = "true";
  form.requestSubmit();
}

/** The editor that is open in this place, if any. */
export const editorIn = (root) => root.querySelector("[data-cell-editor]");
export { save as saveEditor };

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-editor]");
  if (!form || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    const cell = cellOf(form);
    closeEditor(cell);
    (cell.matches("[tabindex]") ? cell : cell.querySelector("[data-edit]"))?.focus();
  } else if (event.key === "Enter" && !event.target.matches("button") && (!event.target.matches("textarea") || event.ctrlKey)) {
    event.preventDefault();
    save(form);
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-edit]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openEditor(link.closest("[data-field]"), link.dataset.edit);
  }
  const cancel = event.target.closest("[data-cell-cancel]");
  if (cancel) closeEditor(cellOf(cancel));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-cell-editor] select")) save(event.target.form);
});

document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("[data-cell-editor]");
  if (!form) return;
  setTimeout(() => {
    if (form.isConnected && document.hasFocus() && !form.contains(document.activeElement) && !document.querySelector("dialog[open]")) save(form);
  });
});

// A refused value comes back in an editor of its own: what stood in the cell is remembered, and the caret goes where the fault is.
document.addEventListener("htmx:after:settle", () => {
  for (const form of document.querySelectorAll("[data-cell-editor]:not([data-before])")) {
    form.dataset.before = "";
    if (form.querySelector(".errorlist")) focusControl(form, "");
  }
});

document.addEventListener("htmx:error", () => {
  for (const form of document.querySelectorAll("[data-cell-editor][data-sent]")) delete form.dataset.sent;
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response?.status >= 400) delete ctx.sourceElement?.dataset?.sent;
});

/** Nothing to do per element: everything is delegated. */
export function bind() {}
