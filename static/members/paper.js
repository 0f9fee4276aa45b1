// Papers are printed by a button, as people expect it beside what they see.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
