"""What parsers say of code: definitions, syntax problems, and where a rule's pattern matches.

I/O. `worker.py` is the engine's side. Everything else runs in its child process only (`process.py` is the loop there),
because a pattern can run for ever and a grammar, written in C, can crash. The engine imports nothing but `worker.py`.
"""
