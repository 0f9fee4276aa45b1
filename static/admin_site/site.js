// Autocomplete boxes are drawn by a script that does not tell screen readers which field they belong to.
"use strict";

function nameAutocompletes() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.nextElementSibling;
    if (!label || !drawn) continue;
    const name = label.textContent.replace("*", "").trim();
    for (const part of drawn.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", name);
    }
  }
}

// They are drawn at a moment of their own choosing, and again in rows that are added.
new MutationObserver(nameAutocompletes).observe(document.documentElement, { childList: true, subtree: true });

// Where the theme adds a second copy of the boxes' script, they no longer find their words by themselves.
document.addEventListener("DOMContentLoaded", () => {
  const boxes = window.django?.jQuery?.fn.select2;
  const words = document.querySelector("script[src*='select2/i18n/zh-CN']");
  if (boxes && words) boxes.defaults.set("language", boxes.amd.require("select2/i18n/zh-CN"));
});

// A box has its label beside it; one in a row of several has it from its column.
function labelOf(box) {
  const label = box.querySelector("label[for]");
  return (label ? label.textContent.replace("*", "") : box.dataset.label || "").trim();
}

function fieldOf(box) {
  const label = box.querySelector("label[for]");
  return label ? document.getElementById(label.htmlFor) : box.querySelector("input:not([type=hidden]), select, textarea");
}

// What is wrong may stand far below: the note above names each box and leads there; without a note, go there.
document.addEventListener("DOMContentLoaded", () => {
  const wrong = [...document.querySelectorAll("form .errors")].filter((box) => labelOf(box) && fieldOf(box));
  if (!wrong.length) return;
  const note = document.querySelector("p.errornote");
  if (!note) {
    if (wrong[0].getBoundingClientRect().bottom > window.innerHeight) wrong[0].scrollIntoView({ block: "center" });
    return;
  }
  for (const box of wrong) {
    const field = fieldOf(box);
    const link = document.createElement("a");
    link.className = "to-the-box";
    link.href = `#${field.id}`;
    link.textContent = labelOf(box);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      box.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
    note.append(link);
  }
});

// Who types all day begins in the first box, or in the first that is wrong; on a phone no keyboard jumps up.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.matchMedia("(pointer: fine)").matches || document.activeElement !== document.body) return;
  const wrong = document.querySelector("form .errors [aria-invalid=true], form .errors select");
  const adding = location.pathname.endsWith("/add/") && document.querySelector("form[id$=_form]");
  const boxes = adding ? [...adding.elements] : [];
  const box = wrong || boxes.find((each) => each.type !== "hidden" && each.offsetParent && each.name);
  box?.focus({ preventScroll: true });
});
