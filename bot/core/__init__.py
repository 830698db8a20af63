"""What every feature stands on: settings, time, database, errors, log. No domain words in here."""
