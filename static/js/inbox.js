/* The inbox: the line that is open stays in view, menus close once what they asked for was done, and on a phone the message takes the page. */

const bound = new WeakSet();

function settle(inbox) {
  inbox.querySelector('#inbox-lines [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  const title = inbox.querySelector("#message-title")?.textContent;
  if (title) document.getElementById("announcements").textContent = title;
}

/** Watch the inbox of this page, once. */
export function bind(root) {
  const inbox = root.matches?.("[data-inbox]") ? root : (root.querySelector("[data-inbox]") ?? root.closest?.("[data-inbox]"));
  if (!inbox || bound.has(inbox)) return;
  bound.add(inbox);
  let opened = location.pathname;
  settle(inbox);
  inbox.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    // A line that changes by itself must not close the menu somebody types into.
    if (ctx.target !== inbox) return;
    for (const menu of inbox.querySelectorAll(":popover-open")) menu.hidePopover();
    opened = location.pathname;
    inbox.querySelector(".reading .scroll")?.scrollTo(0, 0);
    settle(inbox);
  });
}
