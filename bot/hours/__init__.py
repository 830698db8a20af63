"""学时: what was booked beside the readings (meetings, training, by hand), and the rules by which hours are counted."""
