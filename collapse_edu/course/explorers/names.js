// Gives a name to what ipywidgets leaves without one: handles of sliders, and the button of a film.
// A slider is called by the label in its row.
const nameAll = (desk) => {
  for (const handle of desk.querySelectorAll(".noUi-handle")) {
    const label = handle.closest(".ce-slider")?.querySelector("label");
    if (label) handle.setAttribute("aria-label", label.textContent);
  }
  for (const button of desk.querySelectorAll(".ce-play button")) {
    const name = button.querySelector(".fa-pause") ? "Pause" : "Play";
    if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  }
};

const render = ({ el }) => {
  let watcher, gone = false; // an element may go before it hangs in its explorer
  const begin = () => {
    const desk = el.closest(".ce-explorer");
    if (gone) return;
    if (!desk) return requestAnimationFrame(begin);
    watcher = new MutationObserver(() => nameAll(desk));
    watcher.observe(desk, { subtree: true, childList: true, attributeFilter: ["class"] });
    nameAll(desk);
  };
  requestAnimationFrame(begin);
  return () => {
    gone = true;
    watcher?.disconnect();
  };
};

export default { render };
