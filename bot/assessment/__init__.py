"""考核: a branch's own indicators, scored from the records; every score can be opened down to its evidence."""
