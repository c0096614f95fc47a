/* A feature beside any list: a link with data-panel opens it in the side panel, j and k walk the list's links, the address follows, and
   closing puts the list's own address back. On a phone the link leads to the feature's page. */
import { say } from "./notices.js";

const PHONE = matchMedia("(max-width: 720px)");
const host = document.getElementById("panel");
let listAddress = "";
let current = ""; // the address that is shown, or on its way: a key pressed meanwhile walks on from it
let going = false;

const links = () => [...document.querySelectorAll("a[data-panel], [data-panel-bar]")].filter((link) => !host.contains(link) && link.checkVisibility());
const addressOf = (link) => link.dataset.panelBar ?? link.getAttribute("href");

function mark() {
  for (const row of document.querySelectorAll("tr[aria-current], li[aria-current]")) if (!row.closest("nav")) row.removeAttribute("aria-current");
  if (!host.childElementCount) return;
  for (const link of links()) if (addressOf(link) === current) link.closest("tr, li")?.setAttribute("aria-current", "true");
}

/** Show the feature at this address in the panel. */
export async function openPanel(address) {
  if (!host.querySelector("[data-feature-panel]")) listAddress = location.href;
  current = address;
  if (going) return; // the walk under way ends where one wants to be by then
  going = true;
  let shown;
  try {
    do {
      shown = current;
      await window.htmx.ajax("GET", shown, { source: host, target: host, swap: "innerHTML", headers: { "X-Panel": "true" } });
    } while (shown !== current);
  } finally {
    going = false;
  }
  const there = host.querySelector("[data-feature-panel]");
  if (!there || !shown.startsWith(there.dataset.featurePanel)) {
    current = there?.dataset.featurePanel ?? ""; // it is gone, or not ours to see: what was there stays
    return;
  }
  history.replaceState(history.state, "", shown);
  for (const link of host.querySelectorAll("[data-close-panel]")) link.href = listAddress;
  mark();
}

function step(by) {
  const all = links();
  const here = all.findIndex((link) => addressOf(link) === current);
  const link = all[here + by];
  if (!link) return say(by > 0 ? "This is the last one of the list." : "This is the first one of the list.");
  link.scrollIntoView({ block: "nearest" });
  return openPanel(addressOf(link));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (link && !PHONE.matches && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.defaultPrevented) {
    event.preventDefault();
    openPanel(addressOf(link));
  }
  const walks = event.target.closest("[data-panel-step]");
  if (walks) step(Number(walks.dataset.panelStep));
  const copies = event.target.closest("[data-copy-link]");
  if (copies) {
    navigator.clipboard
      ?.writeText(new URL(copies.dataset.copyLink, location).href)
      .then(() => say("The link is copied.", "success"), () => say("The browser did not allow copying. The address is in its address line.", "warning"));
  }
  if (event.target.closest("[data-close-panel]")) setTimeout(mark);
});

document.addEventListener("htmx:after:settle", mark);

/** Nothing to do per element: everything is delegated. */
export function bind() {}
