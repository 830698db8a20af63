"""Figures across features: what study, notices, discussions and the ledger of hours say together, and who may ask."""
