"""What messages about gatherings say when they are sent or read, or why they need not be said any more (R12)."""
