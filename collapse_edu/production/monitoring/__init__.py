"""Watch a stream: of documents, against real ones, or of costs, against a plan."""
