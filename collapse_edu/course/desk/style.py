"""How questions and predictions look in a notebook."""

__all__ = ["STYLE"]

# ipywidgets writes in 13 px, which is less than 10 pt, and cuts long options off.
STYLE = """<style>
:is(.ce-question, .ce-prediction) { --jp-widgets-font-size: 15px; padding: 2px 4px; max-width: 62em }
:is(.ce-question, .ce-prediction) :is(.widget-radio-box, .widget-checkbox) label {
  height: auto; min-height: 28px; line-height: 1.4; white-space: normal; padding: 3px 0; align-items: flex-start }
:is(.ce-question, .ce-prediction) .widget-radio-box { width: 100%; margin: 0 }
.ce-question .widget-checkbox { height: auto }
:is(.ce-question, .ce-prediction) :is(input, select, button):focus-visible {
  outline: 3px solid #0072b2 !important; outline-offset: 2px }
.ce-question .widget-hbox { overflow: visible }
:is(.ce-question, .ce-prediction) .widget-html-content { line-height: 1.5 }
.ce-question .ce-help p { margin: 0.3em 0 }
.ce-question pre.ce-starter { font-size: 14px; line-height: 1.35 }
.ce-question .ce-prompt { font-size: 11pt; line-height: 1.5 }
</style>"""
