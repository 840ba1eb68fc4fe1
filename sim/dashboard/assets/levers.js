/* Explanations of levers: written where a reader opens one, from the texts that came with the page.
   Text is only ever set as text. */
window.simLevers = {};
(function () {
  "use strict";

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function entry([name, text, isCode]) {
    const what = element("dd", isCode ? undefined : text);
    if (isCode) what.append(element("code", text));
    return [element("dt", name), what];
  }

  function explanation({ text, entries, past }) {
    const list = element("dl");
    list.append(...entries.flatMap(entry));
    const parts = [element("p", text), list];
    return past ? [...parts, element("p", past, "past")] : parts;
  }

  function write(box) {
    const { name } = JSON.parse(box.closest(".lever").id);
    box.append(...explanation(window.simLevers[name].about));
  }

  // A toggle does not bubble: it is heard on its way down.
  document.addEventListener(
    "toggle",
    ({ target: box }) => {
      if (box.open && box.matches(".lever-about") && box.children.length === 1) write(box);
    },
    true
  );
})();
