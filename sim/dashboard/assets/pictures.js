/* Save a chart as a picture: the figure that its own address gives, with title and source, is drawn
   in the browser. */
(function () {
  "use strict";

  async function save(button) {
    const answer = await fetch(button.dataset.address);
    if (!answer.ok) throw new Error(await answer.text());
    const { figure, name } = await answer.json();
    await window.Plotly.downloadImage(figure, {
      format: button.dataset.picture,
      filename: name,
      width: figure.layout.width,
      height: figure.layout.height,
      scale: button.dataset.picture === "png" ? 2 : 1,
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-picture]");
    if (!button || button.disabled) return;
    button.disabled = true;
    save(button)
      .catch((error) => (button.title = error.message))
      .finally(() => (button.disabled = false));
  });
})();
