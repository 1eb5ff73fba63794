"""From a real spreadsheet to items: headings, rows, names. Pure; touches no database."""
