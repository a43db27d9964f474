"""How the widgets of the course look in a notebook, and what a screen reader reads out."""

__all__ = ["STYLE", "live_region"]

# ipywidgets writes in 13 px, which is less than 10 pt, leaves 80 px for a label, cuts long options off, and gives a
# choice one line of fixed height: in a narrow window a long one would lie over the next.
STYLE = """<style>
.ce-explorer { --jp-widgets-font-size: 14px; --jp-widgets-inline-label-width: 92px }
.ce-explorer .jupyter-widget-Collapse-header { font-size: 14px }
:is(.ce-question, .ce-prediction, .ce-inventory) { --jp-widgets-font-size: 15px; padding: 2px 4px; max-width: 62em }
:is(.ce-question, .ce-prediction, .ce-inventory) :is(input, select, button):focus-visible {
  outline: 3px solid #0072b2 !important; outline-offset: 2px }
:is(.ce-question, .ce-prediction) :is(.widget-radio-box, .widget-checkbox) label {
  height: auto; min-height: 28px; line-height: 1.4; white-space: normal; padding: 3px 0; align-items: flex-start }
:is(.ce-question, .ce-prediction) .widget-radio-box { width: 100%; margin: 0 }
:is(.ce-question, .ce-prediction) .widget-html-content { line-height: 1.5 }
.ce-question .widget-checkbox { height: auto }
.ce-question .widget-hbox { overflow: visible }
.ce-question .ce-help p { margin: 0.3em 0 }
.ce-question pre.ce-starter { font-size: 14px; line-height: 1.35 }
.ce-question .ce-prompt { font-size: 11pt; line-height: 1.5 }
.ce-inventory p { font-size: 11pt; line-height: 1.5 }
.ce-inventory .widget-radio-box label {
  display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: flex-start;
  height: auto; min-height: 24px; line-height: 1.4; margin-bottom: 4px; white-space: normal }
.ce-inventory .widget-radio-box input { flex: none; margin-top: 0 }
</style>"""


def live_region(html: str, style: str = "font-size: 11pt") -> str:
    """Return HTML that a screen reader reads out when it comes or changes.

    Parameters
    ----------
    html : str
        Escaped where it comes from elsewhere.
    style : str
        CSS of the region.

    Returns
    -------
    str

    Examples
    --------
    >>> live_region("Ready.")
    '<div role="status" aria-live="polite" style="font-size: 11pt">Ready.</div>'
    """
    return f'<div role="status" aria-live="polite" style="{style}">{html}</div>'
