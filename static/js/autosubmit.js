/* A form whose choice shows at once: select[data-submit] sends its form when another option is chosen. */

/** Listen to the selects under `root`. */
export function bind(root) {
  for (const select of root.querySelectorAll("select[data-submit]")) {
    select.onchange = () => select.form.requestSubmit();
  }
}
