"""What it costs, beside a named alternative, in one run. Not part of the installed package."""
