"""The pages of 乡呼县应: load what the reader may see, one call to the core, render."""
