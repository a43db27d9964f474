"""A class: what was handed in, by whom, what is marked, which of it counts, and what people read.

:mod:`.submission` finds files; :mod:`.class_marking` has each of them marked by :mod:`collapse_edu.course.quiz.marking`
and keeps a :mod:`.result` of each; :mod:`.roster` says whose it is, :mod:`.grades` what counts; :mod:`.outcome` has the
tables (:mod:`.gradebook`, :mod:`.lms`) and the :mod:`.pages` written; :mod:`.subcommand` is the command.
"""
