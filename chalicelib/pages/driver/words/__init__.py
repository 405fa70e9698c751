"""What the driver's app says, by language. A test compares keys and placeholders."""
