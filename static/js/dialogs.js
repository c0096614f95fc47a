/* Dialogs and the side panel.
   data-dialog="#id" opens that dialog; data-close-dialog closes the one around it; a swap into #dialog-body opens #dialog;
   an answer with the event waymark:close closes the dialog its form stood in; data-close-panel empties the side panel. */

let opener = null;

function open(dialog) {
  if (!dialog || dialog.open) return;
  for (const popover of document.querySelectorAll(":popover-open:not(.notices)")) popover.hidePopover();
  dialog.showModal();
}

function closePanel(link) {
  document.getElementById("panel").replaceChildren();
  history.replaceState(history.state, "", link.href);
  if (opener?.isConnected) opener.focus();
  else document.getElementById("main").focus();
}

document.addEventListener("click", (event) => {
  const target = event.target;
  const opens = target.closest("[data-dialog]");
  if (opens) return open(document.querySelector(opens.dataset.dialog));
  if (target.closest("[data-close-dialog]") || target.matches("dialog.floating")) return target.closest("dialog")?.close();
  const closes = target.closest("[data-close-panel]");
  if (!closes || event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
  event.preventDefault();
  return closePanel(closes);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open:not(.notices)")) return;
  if (!event.target.matches("input, select, textarea")) document.querySelector("#panel [data-close-panel]")?.click();
});

document.addEventListener("htmx:before:swap", () => {
  if (!document.activeElement?.closest("#panel")) opener = document.activeElement;
});

document.addEventListener("htmx:after:settle", ({ target }) => {
  if (target.id === "dialog-body" && target.childElementCount) open(target.closest("dialog"));
});

document.addEventListener("waymark:close", (event) => {
  (event.target.closest?.("dialog") ?? document.getElementById("dialog"))?.close();
});
