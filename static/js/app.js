/* Entry of every page. What the page holds decides which modules are fetched; each exports bind(root) and may be bound again after a swap. */
import "./dialogs.js";
import "./notices.js";
import "./requests.js";
import "./shortcuts.js";

const MODULES = [
  ["[popover]", () => import("./menus.js")],
  ["[data-palette], [data-subject]", () => import("./palette.js")],
  ["[data-draft], [data-user]", () => import("./drafts.js")], // on every page: one that follows an accepted form forgets its draft
  ["[data-pulse]", () => import("./pulse.js")],
  ["[data-docpage]", () => import("./docedit.js")],
  ["[data-edit]", () => import("./grid-editor.js")],
  ["[data-grid]", () => import("./grid.js")],
  ["[data-columns]", () => import("./grid-columns.js")],
  ["[data-order]", () => import("./order.js")],
  ["[data-timeline]", () => import("./timeline.js")],
  ["[data-timeline]", () => import("./timeline-paper.js")],
  ["[data-board]", () => import("./board.js")],
  ["[data-weights]", () => import("./weights.js")],
  ["select[data-submit]", () => import("./autosubmit.js")],
  ["[data-walk]", () => import("./walk.js")],
  ["[data-inbox]", () => import("./inbox.js")],
  ["[data-passages]", () => import("./passages.js")],
  ["[data-askform]", () => import("./askform.js")],
  ["[data-panel], [data-panel-bar]", () => import("./panel.js")],
];

const TABS = ":is(.viewtabs, .subnav) > [aria-current]";

async function bind(root) {
  // On a narrow screen tabs scroll sideways: the one we are on is in sight.
  for (const tab of root.querySelectorAll(TABS)) {
    const [tabs, here] = [tab.parentElement.getBoundingClientRect(), tab.getBoundingClientRect()];
    tab.parentElement.scrollLeft += (here.left + here.right - tabs.left - tabs.right) / 2;
  }
  for (const [selector, load] of MODULES) {
    if (root.matches?.(selector) || root.querySelector(selector)) (await load()).bind(root);
  }
}

bind(document.documentElement);
document.addEventListener("htmx:after:settle", (event) => bind(event.target));
