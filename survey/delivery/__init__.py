"""How invitations reach people: contacts under seal, texts, mailings, and the process that sends them."""
