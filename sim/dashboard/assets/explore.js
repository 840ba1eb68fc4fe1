/* The page of the live market in the browser: what a lever's move means for the address, undo and
   reset, and one question at a time: the next is asked when the last is answered, with whatever
   the levers say by then. Sliders are heard, questions go out and answers are drawn from here, for
   Dash asks every component of a page at each of its own steps, which takes longer than the
   drawing: it learns where the levers stand once they rest. */
window.dash_clientside = window.dash_clientside || {};
window.simSettle = window.simSettle || [];
(function () {
  "use strict";
  const STATE = ["preset", "against"]; // what undo brings back, beside the levers
  const FIRST = "business_as_usual";
  const ONE_MOVE = 900; // milliseconds: a drag is one move to undo
  const PATIENCE = 70000; // milliseconds until an answer counts as lost
  const ARRIVAL = 10000; // milliseconds until a page that was asked for counts as left
  const TICK = 700; // milliseconds between two looks at what came in the background
  const REST = 250; // milliseconds without a move before what nobody sees yet is filled in
  const STILL = 600; // milliseconds without a move before Dash and the address are told
  const NOTHING = "–"; // where a lever moves nothing
  const MOST = 100; // moves that can be undone

  let levers = {};
  let past = [];
  let last = { name: null, at: 0 };
  let now = {};
  let unsaid = {}; // of it: what sliders changed since Dash and the address were told
  let idle = null; // levers that move nothing; none known yet
  let reader = null; // each rendering of the page is a new one
  let rendered = null; // the last one, by the server's name for it
  let isAhead = false; // a reader has asked already, and the page is still to come
  let arrived = () => {}; // tells the answer to that question that the page is there
  let asked = null; // what was asked last, as text
  let was = {}; // what the levers said then
  let open = 0; // when the question was sent that has no answer yet
  let turns = 0;
  let stage = null; // of the answer on the screen
  let look = { narrow: false, table: false };
  let timer = 0;
  let rest = 0;
  let telling = 0;
  let watched = null; // the page whose sliders are heard
  let path = null; // of its address
  let shown = {}; // children of parts, as text: what is the same is not set again
  const EMPTY = JSON.stringify(null);

  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const preset = (said) => (said && said.preset) || FIRST;
  const usual = (name, from) => levers[name].usual[from];
  /* A page that is being left stands a little longer than its address: nothing more is done to it. */
  const isHere = () => document.getElementById("explore") && location.pathname === path;
  const isNumber = (name) => levers[name]?.digits !== undefined;

  /* A lever's value as the address says it; undefined where the preset has it there anyway. */
  function said(name, value, from) {
    const digits = levers[name].digits;
    const text = digits === undefined ? String(value) : String(Number(Number(value).toFixed(digits)));
    const there = usual(name, from);
    const same = digits === undefined ? text === String(there) : Math.abs(text - there) < 1e-9;
    return same ? undefined : text;
  }

  function valueOf(name, state) {
    const text = state[name] === undefined ? usual(name, preset(state)) : state[name];
    return levers[name].digits === undefined ? text : Number(text);
  }

  function written(name, value) {
    const { factor, decimals, unit } = levers[name];
    const number = (value * factor).toLocaleString("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    return `${number} ${unit}`.trim();
  }

  /* Nobody else writes these: they are set past Dash. */
  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  function mark(name, state) {
    const row = document.getElementById(`{"name":"${name}","type":"lever"}`);
    if (!row) return;
    const isIdle = (idle || []).includes(name);
    row.classList.toggle("moved", state[name] !== undefined);
    row.classList.toggle("idle", isIdle);
    if (levers[name].digits === undefined) return;
    const isNothing = isIdle && state[name] === undefined;
    write(row.querySelector("output"), isNothing ? NOTHING : written(name, valueOf(name, state)));
  }

  function snapshot(state) {
    const kept = {};
    for (const name of [...STATE, ...Object.keys(levers)]) {
      if (state[name] !== undefined) kept[name] = state[name];
    }
    return kept;
  }

  function enable(id, isOn) {
    if (document.getElementById(id)?.disabled === isOn) set(id, { disabled: !isOn });
  }

  function buttons(state) {
    enable("live-undo", past.length > 0);
    enable("live-reset", Object.keys(levers).some((name) => state[name] !== undefined));
  }

  function remember(name, current) {
    const time = Date.now();
    const goesOn = name === last.name && time - last.at < ONE_MOVE;
    last = { name, at: time };
    if (goesOn) return;
    past.push(snapshot(current));
    if (past.length > MOST) past.shift();
  }

  /* Put the controls where a state has them; what they then report is nothing new. */
  function place(state, before) {
    for (const name of Object.keys(levers)) {
      if (!document.getElementById(`{"name":"${name}","type":"lever"}`)) continue; // not in this view
      const value = valueOf(name, state);
      const type = isNumber(name) ? "slider" : "choice";
      if (value !== valueOf(name, before)) set({ type, name }, { value });
      mark(name, state);
    }
    set({ type: "choice", name: "preset" }, { value: preset(state) });
    set({ type: "choice", name: "against" }, { value: state.against || FIRST });
    buttons(state);
  }

  /* Say all of a state at once, then move the controls after it. */
  function goTo(state) {
    const before = now;
    unsaid = {};
    const gone = [...STATE, ...Object.keys(levers)].map((name) => [name, state[name]]);
    now = window.simSay(Object.fromEntries(gone), now);
    last = { name: null, at: 0 };
    ask(now);
    set("choices", { data: now });
    place(now, before);
  }

  /* -------------------------------------------------------------------- questions and answers */

  async function post(question) {
    const answer = await fetch("explore/answer", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...question, ...look, reader }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  /* Ask what a state gives, unless the last question is still open: then its answer asks. */
  function ask(state) {
    const { view, ...said } = state;
    const text = JSON.stringify([reader, look, said]);
    if (open || text === asked) return;
    [asked, open] = [text, Date.now()];
    turns += 1;
    clearTimeout(timer);
    hear({ turn: turns, said, was }, reader);
    was = said;
  }

  /* Wait for the page of a question that went ahead, if it comes: until its chart is there, which
     is before Dash has asked all that it asks when a page appears. */
  function comes(who) {
    const isThere = () => isHere() && document.getElementById("explore") !== watched && chart();
    return new Promise((tell) => {
      const seen = new MutationObserver(look);
      const end = setTimeout(stop, ARRIVAL);
      function stop() {
        seen.disconnect();
        clearTimeout(end);
        tell();
      }
      function look() {
        if (!isAhead || who !== reader || isThere()) stop();
      }
      arrived = look;
      seen.observe(document.body, { subtree: true, childList: true, attributeFilter: ["class"] });
      look();
    });
  }

  /* Show the answer to a question; ask what was meant to be asked meanwhile; look for more. */
  async function hear(question, who) {
    const isLook = question.seen !== undefined;
    const answer = await post(question).catch(() => null);
    if (isAhead) await comes(who);
    if (!isLook) open = 0;
    if (who !== reader) return isLook ? undefined : ask(now);
    if (question.turn !== turns || !isHere()) return;
    if (!answer) return lost();
    show(answer);
    ask(now);
    if (question.turn === turns && answer.more) {
      timer = setTimeout(hear, TICK, { ...question, seen: stage }, who);
    }
  }

  /* A name that no other reader has; `randomUUID` is there on secure pages alone. */
  const newName = () => crypto.getRandomValues(new Uint32Array(3)).join("-");

  function begin() {
    [reader, shown, path] = [newName(), {}, location.pathname];
  }

  /* Ask as soon as a reader is on the way to the page: the answer may be there before it. */
  window.simArrive = function (said) {
    begin();
    isAhead = true;
    look = { narrow: window.matchMedia(window.simNarrow).matches, table: false };
    now = { ...said };
    ask(now);
  };

  /* The next move asks again, even for the same. */
  function lost() {
    asked = null;
    const status = document.getElementById("live-status");
    write(status, status.dataset.lost);
  }

  /* The chart and its words at once; what stands around it once that has been painted. */
  function show({ stage: reached, figure, texts = {}, parts = {}, idle: names }) {
    if (reached) stage = reached;
    if (figure) draw(figure);
    for (const [id, text] of Object.entries(texts)) write(document.getElementById(id), text);
    if (names) still(names);
    setTimeout(fill, 0, parts, reader);
    clearTimeout(rest);
    rest = setTimeout(copies, REST);
  }

  const chart = () => document.querySelector("#live-graph .js-plotly-plot");

  function draw(figure) {
    const place = chart();
    if (place && window.Plotly) window.Plotly.react(place, figure.data, figure.layout);
    else set("live-graph", { figure }); // the library is on its way
  }

  function fill(parts, who) {
    if (who !== reader || !isHere()) return;
    for (const [id, children] of Object.entries(parts)) {
      const text = JSON.stringify(children);
      if (text === (shown[id] ?? EMPTY)) continue;
      shown[id] = text;
      set(id, { children });
    }
  }

  function copies() {
    if (!isHere()) return;
    for (const id of ["live-command", "live-file"]) {
      const text = document.getElementById(id)?.textContent;
      if (text) set(`${id}-copy`, { value: text });
    }
  }

  function still(names) {
    const before = idle;
    idle = names;
    for (const name of Object.keys(levers)) {
      if (!before || idle.includes(name) !== before.includes(name)) mark(name, now);
    }
  }

  /* -------------------------------------------------------------------- what the reader moves */

  /* Of what a control says, keep what is news. */
  function settle(changed, current) {
    const from = changed.preset || preset(current);
    const settled = {};
    for (const [name, value] of Object.entries(changed)) {
      const text = name in levers ? said(name, value, from) : value;
      const isOurs = name in levers || STATE.includes(name);
      const there = STATE.includes(name) ? current[name] || FIRST : current[name];
      const isKnown = text !== undefined && there !== undefined;
      const isSame = text === there || (isKnown && isNumber(name) && Number(text) === Number(there));
      if (!(isOurs && isSame)) settled[name] = text;
    }
    return settled;
  }

  /* A lever is known by its row, also before what is known of it has come. */
  function withoutLevers(changed) {
    const isLever = (name) => document.getElementById(`{"name":"${name}","type":"lever"}`) !== null;
    const others = ([name]) => !STATE.includes(name) && !isLever(name);
    return Object.fromEntries(Object.entries(changed).filter(others));
  }

  const ours = (settled) =>
    Object.keys(settled).filter((name) => name in levers || STATE.includes(name));

  function moveTo(state, names) {
    now = state;
    ask(now);
    for (const name of names) if (name in levers) mark(name, now);
    buttons(now);
  }

  /* A slider says where it is in its thumb, at once. */
  function heard(records) {
    const seen = {};
    for (const { target } of records) {
      const row = target.closest(".lever");
      if (row) seen[JSON.parse(row.id).name] = Number(target.getAttribute("aria-valuenow"));
    }
    const settled = settle(seen, now);
    const names = ours(settled);
    if (!names.length) return;
    remember(names[0], now);
    Object.assign(unsaid, settled);
    moveTo({ ...now, ...settled }, names);
    clearTimeout(telling);
    telling = setTimeout(tell, STILL);
  }

  /* Tell Dash and the address what sliders said. */
  function tell() {
    const news = unsaid;
    unsaid = {};
    if (!isHere() || !Object.keys(news).length) return;
    const told = window.simSay(news, now);
    now = told;
    set("choices", { data: told });
  }

  const thumbs = new MutationObserver(heard);

  /* Levers that come when their theme is opened are marked like those that were there. */
  const rows = new MutationObserver(() => Object.keys(levers).forEach((name) => mark(name, now)));

  function undo() {
    if (past.length) goTo(past.pop());
  }

  function reset() {
    past.push(snapshot(now));
    goTo({ preset: now.preset, against: now.against });
  }

  /* Heard without Dash, which would ask about every button when the page appears. */
  document.addEventListener("click", ({ target }) => {
    const pressed = isHere() && target.closest("#live-undo, #live-reset");
    if (pressed && !pressed.disabled) (pressed.id === "live-undo" ? undo : reset)();
  });

  window.simSettle.push(function (changed, current) {
    if (!isHere()) return changed;
    if (isAhead) return withoutLevers(changed); // controls that appear: nobody has moved one yet
    const before = { ...current, ...unsaid };
    const settled = settle(changed, before);
    const names = ours(settled);
    if (names.length) {
      remember(names[0], before);
      if ("preset" in settled) {
        for (const name of Object.keys(levers)) settled[name] = undefined; // a preset begins anew
        setTimeout(() => place(now, before), 0);
      }
      moveTo({ ...before, ...settled }, names); // sooner than by the store of choices
    }
    const all = { ...unsaid, ...settled };
    unsaid = {};
    return all;
  });

  window.dash_clientside.choices = Object.assign(window.dash_clientside.choices || {}, {
    pace(said, facts, rendering, narrow, kind) {
      const nothing = window.dash_clientside.no_update;
      if (!said || !facts) return nothing;
      if (levers !== facts) {
        levers = facts;
        window.simLevers = facts;
        const known = idle;
        idle = null;
        if (known && isAhead) still(known); // the answer was here before
        if (past.length) set("live-undo", { disabled: false });
      }
      if (rendering !== rendered) {
        if (!isAhead) begin();
        [rendered, isAhead] = [rendering, false];
        arrived();
      }
      look = { narrow: Boolean(narrow), table: kind === "table" };
      document.getElementById("live-picture").style.display = look.table ? "none" : "block";
      const box = document.getElementById("explore");
      if (box !== watched) {
        watched = box;
        [thumbs, rows].forEach((one) => one.disconnect());
        box.querySelectorAll(".theme > div").forEach((one) => rows.observe(one, { childList: true }));
        thumbs.observe(box, { subtree: true, attributes: true, attributeFilter: ["aria-valuenow"] });
      }
      now = { ...said, ...unsaid };
      ask(now);
      return nothing;
    },
  });
})();
