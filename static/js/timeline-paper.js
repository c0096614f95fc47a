/* The timeline on paper: before the browser prints, its rows are laid out page by page under the same head, whole bars, lanes kept together
   where a page holds them; when it has printed they are gone again. */

const ROW = 32;
const ROWS = 23; // of a lying page of A3, in the size print.css draws them

/** [first, behind the last] of the rows of each page. */
function parts(rows) {
  const pages = [];
  for (let first = 0; first < rows.length; first = pages.at(-1)[1]) {
    let last = Math.min(first + ROWS, rows.length);
    if (last < rows.length) {
      const heads = rows.flatMap((row, at) => (at > first && at <= last && row.matches(".lane") ? [at] : []));
      const lane = heads.at(-1) ?? 0;
      if (lane - first > ROWS * 0.66 || lane === last - 1) last = lane;
    }
    pages.push([first, last]);
  }
  return pages;
}

/** The timeline again with these rows alone. */
function sheet(timeline, first, last) {
  const page = timeline.cloneNode(false);
  page.removeAttribute("data-timeline");
  page.classList.add("is-sheet");
  const names = timeline.querySelector(".names");
  const some = names.cloneNode(false);
  some.append(...[...names.children].slice(first, last).map((row) => row.cloneNode(true)));
  const drawing = timeline.querySelector(".names + div > svg");
  const { width } = drawing.viewBox.baseVal;
  const part = drawing.cloneNode(false);
  part.setAttribute("viewBox", `0 ${first * ROW} ${width} ${(last - first) * ROW}`);
  part.setAttribute("height", (last - first) * ROW);
  const isElsewhere = (shape) => {
    if (!shape.matches("[data-bar]")) return false;
    const row = Math.floor(shape.querySelector(".lead").getAttribute("y") / ROW);
    return row < first || row >= last;
  };
  part.append(...[...drawing.children].filter((shape) => !isElsewhere(shape)).map((shape) => shape.cloneNode(true)));
  page.append(timeline.querySelector(".corner").cloneNode(true), timeline.querySelector(".thead").cloneNode(true), some, part);
  return page;
}

addEventListener("beforeprint", () => {
  const timeline = document.querySelector("[data-timeline]");
  if (!timeline) return;
  const rows = [...timeline.querySelector(".names").children];
  timeline.after(...parts(rows).map(([first, last]) => sheet(timeline, first, last)));
});

addEventListener("afterprint", () => {
  for (const page of document.querySelectorAll(".timeline.is-sheet")) page.remove();
});

/** Nothing to do per element. */
export function bind() {}
