"""Files of contentctl become files of the native dialect, by edits on their text that keep comments and layout."""
