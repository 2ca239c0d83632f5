"""Words of the page as a whole, in English."""

WORDS = {
    "title": "GenClass",
    "page_links": "This page: its link, its languages",
    "copy_link": "Copy link",
    "copied": "Copied",
    "begun": "Beginning…",
    "comma": ", ",
    "tagline": "One network makes images, another tells what they show. Try both, then train your own.",
    "refused": "That did not work",
    "server_error": "Something went wrong here, and it is not your fault. Please try again.",
    "generate": "Generate",
    "classify": "Classify",
    "train": "Train",
}
