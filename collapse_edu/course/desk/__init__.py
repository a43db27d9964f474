"""The learner's desk: what lies on a learner's own machine."""
