"""The recursion, and what it leaves: sources of real data, regimes, chains, histories, seeds, studies."""
