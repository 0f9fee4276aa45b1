// Opens the branches of the organisation tree in place. Without this script the same links open a page for each level.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const tree = document.querySelector(".tree");
  if (!tree) return;

  const withClosed = () => (new URLSearchParams(location.search).get("closed") === "1" ? "&closed=1" : "");
  const listOf = (item) => item.querySelector(":scope > ul");
  const toggleOf = (item) => item.querySelector(":scope > .node > a.toggle");
  const nameOf = (item) => item.querySelector(":scope > .node > .unit-name");

  async function open(item) {
    const toggle = toggleOf(item);
    if (!toggle || toggle.getAttribute("aria-busy") === "true") return;
    if (!listOf(item)) {
      toggle.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(`${toggle.getAttribute("href")}&part=1${withClosed()}`, { credentials: "same-origin" });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        item.insertAdjacentHTML("beforeend", await answer.text());
      } catch {
        alert(tree.dataset.failed);
        return;
      } finally {
        toggle.removeAttribute("aria-busy");
      }
    }
    listOf(item).hidden = false;
    toggle.setAttribute("aria-expanded", "true");
  }

  function close(item) {
    if (listOf(item)) listOf(item).hidden = true;
    toggleOf(item)?.setAttribute("aria-expanded", "false");
  }

  const isOpen = (item) => toggleOf(item)?.getAttribute("aria-expanded") === "true";

  tree.addEventListener("click", (event) => {
    const toggle = event.target.closest("a.toggle");
    if (!toggle || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const item = toggle.closest("li");
    if (isOpen(item)) close(item);
    else open(item);
  });

  const shown = () => [...tree.querySelectorAll(".unit-name")].filter((name) => name.offsetParent !== null);

  tree.addEventListener("keydown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    const names = shown();
    const here = names.indexOf(nameOf(item));
    const moves = {
      ArrowDown: () => names[here + 1]?.focus(),
      ArrowUp: () => names[here - 1]?.focus(),
      ArrowRight: () => (isOpen(item) ? names[here + 1]?.focus() : open(item)),
      ArrowLeft: () => (isOpen(item) ? close(item) : nameOf(item.parentElement.closest("li") || item).focus()),
    };
    if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    }
  });
});
