"""One straight line for each command: read, decide, ask, decide.

What belongs here: the order of the steps, and the calls to protocols. What does not: how a step decides
(the pure packages know), concrete providers and clients (bootstrap wires them), and text for people (report).
"""
