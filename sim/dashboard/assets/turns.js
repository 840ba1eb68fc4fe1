/* Charts are asked for in turn: those in the window at once, the others one after the other as soon
   as nothing else is on its way. So a page of ten charts comes as fast as one of two, and what is
   scrolled to is there already. */
(function () {
  "use strict";
  const PAUSE = 40; // milliseconds between two looks at who is next
  const GONE = 2000; // milliseconds without its place after which a chart counts as left

  const waiting = new Map(); // by chart: whom to tell, and when its place was last seen
  let timer = 0;
  let turns = 0;

  const isSeen = ({ top, bottom }) => bottom > 0 && top < window.innerHeight;

  function tell(chart, turn) {
    waiting.get(chart)?.tell(turn);
    waiting.delete(chart);
  }

  function look() {
    let isBusy = document.querySelector("[data-dash-is-loading]") !== null;
    let next = null;
    for (const [chart, one] of waiting) {
      const place = document.getElementById(`{"chart":"${chart}","type":"chart-body"}`);
      if (place) one.seen = Date.now();
      else if (Date.now() - one.seen > GONE) tell(chart, 0);
      if (place && isSeen(place.getBoundingClientRect())) {
        tell(chart, (turns += 1));
        isBusy = true;
      } else if (place) next ??= chart;
    }
    if (next && !isBusy) tell(next, (turns += 1));
    timer = waiting.size ? setTimeout(look, PAUSE) : 0;
  }

  /* Wait for a chart's turn and number it; 0 where it was asked for anew, or its page was left. */
  window.simTurn = (chart) =>
    new Promise((resolve) => {
      tell(chart, 0);
      waiting.set(chart, { tell: resolve, seen: Date.now() });
      timer ||= setTimeout(look);
    });
})();
