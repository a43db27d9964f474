"""The learner's desk: the record of answers, kept runs, the check of the machine, the look of widgets."""
