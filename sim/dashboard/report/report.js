/* Draw the figures that stand in the file, for the width of this screen. */
(function () {
  "use strict";
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const width = window.matchMedia("(max-width: 760px)").matches ? "narrow" : "wide";
  const config = read("config");
  for (const [id, { data, layout }] of Object.entries(read("figures"))) {
    window.Plotly.newPlot(id, data.both || data[width], layout[width], config);
  }
})();
