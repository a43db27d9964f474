"""How much the drift monitor finds, beside other tests, on real short documents: a measurement, run by hand.

    PYTHONPATH=.:tests python -m power corpora    fetch packages of Debian and cut them into documents
    PYTHONPATH=.:tests python -m power measure    batches of every kind, each test on each of them
    PYTHONPATH=.:tests python -m power table      docs/monitor_power.csv and the tables of docs/monitor_power.md

Nobody commits the texts: ``corpora.json`` says what they were. ``held_out.json`` was committed before anything was
tuned, and says on which corpora and kinds of streams nobody tunes.
"""
