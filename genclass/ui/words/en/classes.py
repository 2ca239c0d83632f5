"""Names of classes in English: those of the data sets themselves."""

CLASSES: dict[str, str] = {}
