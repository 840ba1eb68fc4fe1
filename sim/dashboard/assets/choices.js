/* What the reader chose lives in the address, so that a link shows the same view;
   language and theme are remembered in local storage as well. */
window.dash_clientside = window.dash_clientside || {};
(function () {
  "use strict";
  const LISTS = ["scenarios", "carriers"];
  const LANGUAGE = "lang";
  const THEME = "mantine-color-scheme-value"; // the component library reads this one itself

  window.simNarrow = "(max-width: 760px)";

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const oneOf = (value, known) => (known.includes(value) ? value : null);

  function fromAddress(search) {
    const said = {};
    for (const [name, value] of new URLSearchParams(search || "")) {
      said[name] = LISTS.includes(name) ? value.split(",").filter(Boolean) : value;
    }
    const stored = localStorage.getItem(LANGUAGE);
    const spoken = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
    const themes = ["light", "dark"];
    said.lang = oneOf(said.lang, ["en", "zh"]) || oneOf(stored, ["en", "zh"]) || spoken;
    said.theme = oneOf(said.theme, themes) || oneOf(localStorage.getItem(THEME), themes) || "light";
    return said;
  }

  function toAddress(changed) {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changed)) {
      if (value === undefined) query.delete(name);
      else query.set(name, Array.isArray(value) ? value.join(",") : value);
    }
    const text = query.toString().replaceAll("%2C", ",");
    history.replaceState(history.state, "", `${location.pathname}?${text}${location.hash}`);
  }

  function remember(said) {
    localStorage.setItem(LANGUAGE, said.lang);
    localStorage.setItem(THEME, said.theme);
  }

  /* Change what is said, here and in the address; what is undefined is said no more. */
  function say(changed, current) {
    const said = { ...current, ...changed };
    for (const name of Object.keys(said)) if (said[name] === undefined) delete said[name];
    toAddress(changed);
    remember(said);
    return said;
  }
  window.simSay = say;

  /* What the reader moved; a control that appears says where it stands, so that the address holds
     the whole of what is shown. */
  function changes() {
    const changed = {};
    for (const { prop_id, value } of window.dash_clientside.callback_context.triggered) {
      if (prop_id.startsWith("{")) changed[control(prop_id).name] = value;
    }
    if ("comparison" in changed) changed.scenarios = undefined; // it has others: show them all
    if ("study" in changed) changed.run = undefined;
    return changed;
  }

  const control = (prop_id) => JSON.parse(prop_id.slice(0, prop_id.lastIndexOf(".")));

  /* A new language or comparison renders the controls anew: the one in use stays in use. */
  function focusAgain(name) {
    const root = document.getElementById(`{"name":"${name}","type":"choice"}`);
    if (!root) return;
    const input = root.matches("input, select") ? root : root.querySelector("input:checked");
    if (input) input.focus({ preventScroll: true });
  }

  /* On a phone the menu scrolls sideways: the page that is shown, or reached by keyboard, is in
     its middle. Not one that is clicked: it would be gone from under the finger. */
  function intoMiddle(link) {
    const menu = link.parentElement;
    menu.scrollLeft = link.offsetLeft - menu.offsetLeft - (menu.clientWidth - link.offsetWidth) / 2;
  }
  function showPage() {
    document.querySelectorAll("header nav a.on").forEach(intoMiddle);
  }
  document.addEventListener("focusin", ({ target }) => {
    if (target.matches("header nav a:focus-visible")) intoMiddle(target);
  });

  /* A metric's name in a card or a tile shows it in the charts. Heard without Dash, which would
     ask about every such button whenever cards are drawn. */
  document.addEventListener("click", ({ target }) => {
    const value = target.closest(".pick")?.dataset.metric;
    if (!value) return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    document
      .getElementById("charts")
      .scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
    window.dash_clientside.set_props({ type: "choice", name: "metric" }, { value });
  });

  let address = null;
  let listening = false;
  let moved = null;

  window.dash_clientside.choices = {
    collect(search, _values, current) {
      if (!current || search !== address) {
        address = search;
        const said = fromAddress(search);
        remember(said);
        // On the way to another page nothing may have been said: the charts here need no redrawing.
        return same(said, current) ? window.dash_clientside.no_update : said;
      }
      let changed = changes();
      // A page may have its say on what its own controls change: see explore.js.
      for (const settle of window.simSettle || []) changed = settle(changed, current);
      if (!Object.keys(changed).length) return window.dash_clientside.no_update;
      moved = Object.keys(changed)[0];
      return say(changed, current);
    },

    route(said, path, before) {
      if (!said) return window.dash_clientside.no_update;
      const route = { path, lang: said.lang, comparison: said.comparison, study: said.study,
        run: said.run, kind: said.kind, view: said.view };
      document.documentElement.lang = said.lang === "zh" ? "zh-CN" : "en";
      if (same(route, before)) return window.dash_clientside.no_update;
      if (path === "/explore") window.simArrive(said);
      return route;
    },

    /* The same theme once more would have the whole page drawn anew. */
    theme(said, before) {
      return said && said.theme !== before ? said.theme : window.dash_clientside.no_update;
    },

    heading(text) {
      if (!text) return;
      document.title = text;
      setTimeout(showPage);
      if (moved) setTimeout(focusAgain, 50, moved);
    },

    narrow() {
      const query = window.matchMedia(window.simNarrow);
      if (!listening) {
        listening = true;
        query.addEventListener("change", (event) =>
          window.dash_clientside.set_props("narrow", { data: event.matches })
        );
      }
      return query.matches;
    },

    async turn(_said, _narrow, _kind, { chart }) {
      return (await window.simTurn(chart)) || window.dash_clientside.no_update;
    },

    month(place, months) {
      return [months[place], months[place]];
    },

    /* The button starts and stops; each tick moves on by a month, and the last one stops. At the
       end the button begins anew. A tick waits while charts of the last one are on their way. */
    play(_clicks, _ticks, place, last, stopped) {
      const { no_update, callback_context } = window.dash_clientside;
      const clicked = callback_context.triggered.some((one) => one.prop_id.startsWith("month-play"));
      if (clicked && !stopped) return [true, no_update, "false"];
      if (clicked) return [false, place >= last ? 0 : no_update, "true"];
      if (document.querySelector(".market [data-dash-is-loading]")) return [no_update, no_update, no_update];
      if (place >= last) return [true, no_update, "false"];
      return [no_update, place + 1, no_update];
    },
  };
})();
