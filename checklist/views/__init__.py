"""Pages of the list: browsing, importing, contacts."""
