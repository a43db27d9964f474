"""Controls that several explorers share."""

from collections.abc import Mapping, Sequence

import ipywidgets as widgets

from collapse_edu.loop.regimes import REGISTER, preserve

__all__ = [
    "REGIMES",
    "chains_dropdown",
    "dropdown",
    "generations_slider",
    "number_box",
    "seed_box",
    "slider_with_box",
    "switch",
]

# Name → regime, of all that a switch can offer.
REGIMES = {regime.label: regime for regime in (*REGISTER, preserve(0.5))}


def switch(*names: str) -> widgets.Dropdown:
    """Return the control *keep real data?*, with the regimes of these names.

    Parameters
    ----------
    *names : str
        Keys of ``REGIMES``.

    Returns
    -------
    ipywidgets.Dropdown
        Its value is a name.
    """
    options = {f"{REGIMES[name].answer}: {name}": name for name in names}
    return dropdown("keep real data?", options)


def dropdown(label: str, options: Sequence | Mapping, *, value: object = None) -> widgets.Dropdown:
    """Return a dropdown with a label.

    Parameters
    ----------
    label : str
    options : list or dict
        As for ipywidgets.Dropdown.
    value : optional
        The first option, if not given.

    Returns
    -------
    ipywidgets.Dropdown
    """
    more = {} if value is None else {"value": value}
    return widgets.Dropdown(options=options, description=label, **more)


def chains_dropdown(*numbers: int, value: int) -> widgets.Dropdown:
    """Return the control *chains*, with these numbers.

    Returns
    -------
    ipywidgets.Dropdown
    """
    return dropdown("chains", [(f"{chains:,}", chains) for chains in numbers], value=value)


def seed_box(value: int = 1) -> widgets.BoundedIntText:
    """Return the control *seed*.

    Returns
    -------
    ipywidgets.BoundedIntText
    """
    return number_box("seed", value=value, low=0, high=99_999)


def generations_slider(value: int, *, low: int = 5, high: int = 100, label: str = "generations") -> widgets.IntSlider:
    """Return the control *generations*, as :func:`slider_with_box` does.

    Returns
    -------
    ipywidgets.IntSlider
    """
    return slider_with_box(label, value=value, low=low, high=high)


def number_box(
    label: str, *, value: float, low: float, high: float, step: float = 1
) -> widgets.BoundedIntText | widgets.BoundedFloatText:
    """Return a box for a number with a label: whole numbers if the step is whole.

    Returns
    -------
    ipywidgets.BoundedIntText or ipywidgets.BoundedFloatText
    """
    kind = widgets.BoundedIntText if isinstance(step, int) else widgets.BoundedFloatText
    return kind(value=value, min=low, max=high, step=step, description=label)


def slider_with_box(label: str, *, value: float, low: int, high: int) -> widgets.IntSlider:
    """Return a slider beside a number box with the label, linked in the browser: a screen reader names the box.

    Returns
    -------
    ipywidgets.IntSlider
        It contains the value. Its ``row`` is what to show: an ipywidgets.HBox of both, which keeps their ``link``.
    """
    slider = widgets.IntSlider(value=value, min=low, max=high, readout=False, continuous_update=False)
    box = number_box(label, value=value, low=low, high=high)
    slider.row = widgets.HBox([box, slider])
    slider.row.add_class("ce-slider")
    slider.row.link = widgets.jslink((slider, "value"), (box, "value"))
    return slider
