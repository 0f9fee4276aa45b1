// The button that opens the browser's own printing.
document.querySelector("#print")?.addEventListener("click", () => window.print());
