"""One slider that must be seen: does this notebook show widgets?"""

import ipywidgets as widgets

__all__ = ["FirstSlider"]

_OTHERWISE = (
    "If you read this line and see no slider, the notebook cannot show widgets here. Save, close JupyterLab, "
    "run the start command again, and open this notebook from the page that it opens."
)


class FirstSlider:
    """Show a slider that counts samples, and the words that go with it.

    Moving it changes the words in the browser. Where widgets do not work, it says what to do.

    Examples
    --------
    >>> print(FirstSlider())
    If you read this line and see no slider, the notebook cannot show widgets here. Save, close JupyterLab,
    run the start command again, and open this notebook from the page that it opens.
    """

    def __init__(self) -> None:
        pages = [widgets.HTML(_page(count)) for count in range(11)]
        stack = widgets.Stack(pages, selected_index=3)
        slider = widgets.IntSlider(value=3, max=10, readout=False)
        slider.add_class("ce-first-slider")
        stack.add_class("ce-first-page")
        box = widgets.BoundedIntText(value=3, max=10, description="samples")
        for control in (slider, box):
            widgets.jslink((control, "value"), (stack, "selected_index"))
        self.widget = widgets.VBox([widgets.HBox([box, slider]), stack])

    def __repr__(self):
        return _OTHERWISE

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = dict(self.widget._repr_mimebundle_() or {})
        return bundle | {"text/plain": _OTHERWISE, "text/html": f"<p>{_OTHERWISE}</p>"}


def _page(count):
    dots = "●" * count + "○" * (10 - count)
    noun = "sample" if count == 1 else "samples"
    return f'<p style="font-size:1.4em">{dots}</p><p>The slider works. You chose {count} {noun} of 10.</p>'
