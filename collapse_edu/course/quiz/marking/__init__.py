"""Marking: hand-ins and notebooks in, marks and reports out.

Two processes. The *isolated* one (:mod:`.collect`, started by :mod:`.sandbox`) runs what a learner wrote and returns
answers as data. The *trusted* one (:mod:`.mark`) never runs a line of a learner's: it writes the data into a marking
notebook of its own, and nbval marks that. :mod:`.submission` reads files and archives, :mod:`.answers` finds the
answers in them, :mod:`.grade` is the whole way, :mod:`.report` what people read.
"""
