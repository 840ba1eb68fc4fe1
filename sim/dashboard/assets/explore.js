/* The page of the live market in the browser: what a lever's move means for the address, undo and
   reset, and one question at a time: the next is asked when the last is answered, with whatever
   the levers say by then. */
window.dash_clientside = window.dash_clientside || {};
window.simSettle = window.simSettle || [];
(function () {
  "use strict";
  const STATE = ["preset", "against"]; // what undo brings back, beside the levers
  const FIRST = "business_as_usual";
  const ONE_MOVE = 900; // milliseconds: a drag is one move to undo
  const PATIENCE = 70000; // milliseconds until an answer counts as lost
  const NOTHING = "–"; // where a lever moves nothing
  const MOST = 100; // moves that can be undone

  let levers = {};
  let past = [];
  let last = { name: null, at: 0 };
  let now = {};
  const NONE_YET = [];
  let idle = NONE_YET;
  let asked = null; // what was asked last, as text, and by whom: each rendering is a new reader
  let asker = null;
  let reader = null;
  let answered = 0;
  let sent = 0;
  let turns = 0;

  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const still = () => window.dash_clientside.no_update;
  const preset = (said) => (said && said.preset) || FIRST;
  const usual = (name, from) => levers[name].usual[from];

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

  function mark(name, state) {
    const row = document.getElementById(`{"name":"${name}","type":"lever"}`);
    if (!row) return;
    const marks = { moved: state[name] !== undefined, idle: idle.includes(name) };
    const plain = row.className.split(" ").filter((part) => !(part in marks));
    const kept = Object.keys(marks).filter((one) => marks[one]);
    const className = [...plain, ...kept].join(" ");
    if (className !== row.className) set({ type: "lever", name }, { className });
    const text = row.querySelector("output");
    if (!text) return;
    const children = marks.idle && !marks.moved ? NOTHING : written(name, valueOf(name, state));
    if (children !== text.textContent) set({ type: "lever-value", name }, { children });
  }

  function snapshot(state) {
    const kept = {};
    for (const name of [...STATE, ...Object.keys(levers)]) {
      if (state[name] !== undefined) kept[name] = state[name];
    }
    return kept;
  }

  function buttons(state) {
    set("live-undo", { disabled: past.length === 0 });
    set("live-reset", { disabled: !Object.keys(levers).some((name) => state[name] !== undefined) });
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
  function place(state) {
    for (const name of Object.keys(levers)) {
      if (!document.getElementById(`{"name":"${name}","type":"lever"}`)) continue; // not in this view
      set({ type: "choice", name }, { value: valueOf(name, state) });
      mark(name, state);
    }
    set({ type: "choice", name: "preset" }, { value: preset(state) });
    set({ type: "choice", name: "against" }, { value: state.against || FIRST });
    buttons(state);
  }

  /* Say all of a state at once, then move the controls after it. */
  function goTo(state) {
    const gone = [...STATE, ...Object.keys(levers)].map((name) => [name, state[name]]);
    now = window.simSay(Object.fromEntries(gone), now);
    last = { name: null, at: 0 };
    set("choices", { data: now });
    place(now);
  }

  /* Ask what a state gives, unless the last question is still open: then its answer asks. */
  function question(state) {
    const { view, ...wanted } = state;
    const text = JSON.stringify(wanted);
    const waits = answered !== turns && Date.now() - sent < PATIENCE;
    if (waits || (text === asked && reader === asker)) return null;
    [asked, asker, sent] = [text, reader, Date.now()];
    turns += 1;
    set("live-tick", { disabled: true }); // or it would ask the same once more
    return { turn: turns, said: wanted };
  }

  function ask(state) {
    const data = question(state);
    if (data) set("live-asked", { data });
  }

  window.simSettle.push(function (changed, current) {
    const box = document.getElementById("explore");
    if (!box) return changed;
    const from = changed.preset || preset(current);
    const settled = {};
    const real = [];
    for (const [name, value] of Object.entries(changed)) {
      const text = name in levers ? said(name, value, from) : value;
      const isOurs = name in levers || STATE.includes(name);
      const there = STATE.includes(name) ? current[name] || FIRST : current[name];
      const isNumber = text !== undefined && there !== undefined && levers[name]?.digits !== undefined;
      if (isOurs && (text === there || (isNumber && Number(text) === Number(there)))) continue;
      settled[name] = text;
      if (isOurs) real.push(name);
    }
    if (!real.length) return settled;
    remember(real[0], current);
    if ("preset" in settled) {
      for (const name of Object.keys(levers)) settled[name] = undefined; // a preset begins anew
      setTimeout(() => place(now), 0);
    }
    now = { ...current, ...settled };
    for (const name of real) if (name in levers) mark(name, now);
    buttons(now);
    ask(now); // sooner than by the store of choices
    return settled;
  });

  window.dash_clientside.choices = Object.assign(window.dash_clientside.choices || {}, {
    idle(names) {
      const before = idle;
      idle = names || [];
      for (const name of Object.keys(levers)) {
        if (idle.includes(name) !== before.includes(name) || before === NONE_YET) mark(name, now);
      }
    },

    undo(clicks) {
      if (clicks && past.length) goTo(past.pop());
    },

    reset(clicks) {
      if (!clicks) return;
      past.push(snapshot(now));
      goTo({ preset: now.preset, against: now.against });
    },

    look(kind) {
      set("live-picture", { style: { display: kind === "table" ? "none" : "block" } });
    },

    pace(said, done, facts, who) {
      if (!said || !facts) return still();
      if (levers !== facts) {
        levers = facts;
        idle = NONE_YET;
        if (past.length) set("live-undo", { disabled: false });
      }
      if (who !== reader) [reader, answered] = [who, turns];
      if (done) answered = done;
      now = said;
      return question(now) || still();
    },
  });
})();
