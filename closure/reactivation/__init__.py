"""Getting a disabled account back: the link, the session, the note and the document, the table, the one writer."""
