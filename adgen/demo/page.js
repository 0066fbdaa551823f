// Copies an ad when its button is pressed, by mouse or keyboard, and says so.
() => {
  const say = (button, text) => {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  const selectAndCopy = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  document.documentElement.lang = "en";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".ag-copy");
    if (!button) return;
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      say(button, "Copied");
    } catch {
      say(button, selectAndCopy(text) ? "Copied" : "Select and copy by hand");
    }
  });
}
