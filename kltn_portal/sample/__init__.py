"""Sample data of the trial run: invented dossiers of real units, all taken through the real doors."""
