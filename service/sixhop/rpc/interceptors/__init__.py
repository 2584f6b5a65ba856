"""What every call goes through before its handler, from the outside in. Knows nothing of what is asked.

request id → watched (log, counts, span) → errors to statuses → audit → identity → admission → bytes to a valid request
"""
