"""From a folder on the disk to a repository on the hub: what is sent, in which order, and that it has arrived."""
