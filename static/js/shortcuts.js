/* Keyboard: data-shortcut="n", "g f" (one after the other) or "mod+k" on a link or button clicks it.
   Places of the side navigation get "g" and a letter of their name. "?" lists what this page knows, with the keys a part of it handles itself and
   names in data-keys="Enter: edit the cell; Esc: leave it". */

const PAUSE_MS = 1000;
const EDITABLE = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), select, textarea, [contenteditable=true]";
const STORE = "single-keys";
const REDO = "mod+shift+z"; // Ctrl-Y too
const IN_FIELDS = new Set(["mod+z", REDO]); // these are the field's own while one types in it
const NAMES = { mod: "Ctrl", shift: "Shift" };
let typed = [];
let timer = 0;

const singleKeys = () => localStorage.getItem(STORE) !== "off";

function nameTheNavigation() {
  const used = new Set([...document.querySelectorAll("[data-shortcut^='g ']")].map((element) => element.dataset.shortcut.slice(2)));
  for (const link of document.querySelectorAll(".sidenav > ul a:not([data-shortcut])")) {
    const letter = [...link.title.toLowerCase()].find((char) => /[a-z]/.test(char) && !used.has(char));
    if (!letter) continue;
    used.add(letter);
    link.dataset.shortcut = `g ${letter}`;
    link.dataset.shortcutLabel = `Go to ${link.title}`;
  }
}

function candidates() {
  const modal = [...document.querySelectorAll("dialog[open]")].filter((dialog) => dialog.matches(":modal")).pop();
  return [...(modal ?? document).querySelectorAll("[data-shortcut]")];
}

function find(keys) {
  const matching = candidates().filter((element) => element.dataset.shortcut === keys && !element.disabled);
  return matching.find((element) => element.checkVisibility()) ?? matching[0];
}

function combination(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const key = event.key.toLowerCase();
    return key === "y" || (key === "z" && event.shiftKey) ? REDO : `mod+${key}`;
  }
  return event.altKey ? "" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function label(element) {
  const text = element.cloneNode(true);
  for (const kbd of text.querySelectorAll("kbd")) kbd.remove();
  return element.dataset.shortcutLabel ?? element.getAttribute("aria-label") ?? text.textContent.trim();
}

function fillList(list) {
  const rows = new Map(candidates().map((element) => [element.dataset.shortcut, label(element)]));
  rows.set("?", "Show this list");
  for (const { dataset } of document.querySelectorAll("[data-keys]")) {
    for (const line of dataset.keys.split("; ")) rows.set(line.split(": ")[0], line.split(": ")[1]);
  }
  list.replaceChildren();
  for (const [keys, text] of rows) {
    const term = Object.assign(document.createElement("dt"), { textContent: text });
    const value = document.createElement("dd");
    for (const key of keys.split(/[ +]/)) {
      value.append(Object.assign(document.createElement("kbd"), { textContent: NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key) }));
    }
    list.append(term, value);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = combination(event);
  const editing = event.target.closest?.(EDITABLE);
  if (!key || (editing && (!key.startsWith("mod+") || IN_FIELDS.has(key)))) return;
  if (!key.startsWith("mod+") && !singleKeys()) return;
  clearTimeout(timer);
  typed = [...typed, key].slice(-2);
  timer = setTimeout(() => (typed = []), PAUSE_MS);
  const element = find(typed.join(" ")) ?? find(key);
  if (element) {
    event.preventDefault();
    typed = [];
    element.click();
  } else if (key === "?" && !document.querySelector("dialog[open]")) {
    fillList(document.querySelector("[data-shortcut-list]"));
    document.getElementById("shortcuts").showModal();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-dialog="#shortcuts"]')) fillList(document.querySelector("[data-shortcut-list]"));
}, true);

const toggle = document.querySelector("[data-single-keys]");
if (toggle) {
  toggle.checked = singleKeys();
  toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
}
nameTheNavigation();
