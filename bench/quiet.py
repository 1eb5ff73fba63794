"""gunicorn without a log, for benchmarks."""

loglevel = "critical"
accesslog = None
