"""What `meters` draws and asks: counters, displays, dials, bodies, rows, tasks."""
