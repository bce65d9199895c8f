"""How closing goes, in numbers: what is counted, over which months, and how small numbers stay unsaid."""
