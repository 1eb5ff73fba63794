"""责任清单: items, editions, and how they come in."""
