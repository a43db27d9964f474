"""The questions of the bank for other systems: GIFT for Moodle, QTI 1.2 for Canvas, a table of keys."""
