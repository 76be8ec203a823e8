"""What becomes of a machine's records on the host: kept while it runs (`spool`), made into a file for trace viewers
when it is over (`timeline`, `viewer_file`), and summed up for people (`summary`).
"""
