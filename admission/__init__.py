"""交办事项准入 · 准出: work comes down to a township only through a gate, and leaves it again."""
