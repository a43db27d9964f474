"""Parts of ``collapse-edu monitor``: what it reads, how it watches, and to whom it tells what it sees."""
