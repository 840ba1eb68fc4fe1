/* The component behind `select.py`: a label and the browser's own list, and nothing else to draw. */
window.simDashboard = {
  Select({ id, label, data, value, className, setProps }) {
    const { createElement } = window.React;
    const options = data.map((one) =>
      createElement("option", { key: one.value, value: one.value }, one.label)
    );
    const onChange = ({ target }) => setProps({ value: target.value });
    return createElement(
      "div",
      { className },
      createElement("label", { className: "label", htmlFor: id }, label),
      createElement("select", { id, value, onChange }, options)
    );
  },
};
