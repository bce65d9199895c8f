"""The worker: a supervised cluster of the queue, and sweeps that need no queue at all."""
