"""Marking: one paper in, the judged answers out.

Two processes. The *isolated* one (:mod:`.in_sandbox`, a program that :mod:`.sandbox` starts and watches) runs what a
learner wrote and returns answers as data. :mod:`.bubblewrap` says what it sees, :mod:`.system_calls` what it may ask
of the kernel, :mod:`.processes` what it uses. The *trusted* one never runs a line of a learner's: :mod:`.nbval_run`
writes the data into a marking notebook of its own, whose cells call :mod:`.verdicts`, and nbval marks that.

:mod:`.finding_answers` finds the answers of a paper: :mod:`.in_hand_in` in a file, :mod:`.in_notebook` in the
:mod:`.cell` of each question; :mod:`.isolated_run` has those run that must be, and a :mod:`.script` is what one learner
answered.
"""
