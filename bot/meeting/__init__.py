"""会议: 三会一课 and what goes with it, from convening to the minutes and the year's ledger."""
