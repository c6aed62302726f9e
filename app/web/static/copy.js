// Copy buttons. Without this file the texts stand there all the same, to be selected by hand.
"use strict";

const said = document.getElementById("copied");

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      said.textContent = "Copied to the clipboard.";
    } catch {
      getSelection().selectAllChildren(source);
      said.textContent = "The text is selected: copy it with the keyboard.";
    }
  });
}
