"""What every call goes through before its handler, from the outside in. Knows nothing of what is asked.

request id and log line → errors to statuses → audit → identity → admission → bytes to a valid request
"""
