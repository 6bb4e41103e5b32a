"""ASKING AND ANSWERING: all HTTP, all people, all storage of answers."""
