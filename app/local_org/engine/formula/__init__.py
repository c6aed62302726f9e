"""The formula language of validation rules: text to tree to a function of a row."""
