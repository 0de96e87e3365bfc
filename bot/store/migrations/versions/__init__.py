"""The steps of the schema, oldest first; each file is one."""
