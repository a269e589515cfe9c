"""Tables of rows from outside (Parquet, Arrow, tar, JSON lines), read within bounds and inside one folder."""
