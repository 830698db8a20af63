"""Lists of what is talked about: feeds, boards and JSON lists of the web, and files. One reader a file, all pure."""
