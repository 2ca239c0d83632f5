"""The page in English."""

NAME = "English"
LOCALE = "en"  # what Gradio calls it
