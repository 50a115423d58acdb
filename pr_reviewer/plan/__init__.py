"""Changed files → what the model is asked: ranked, packed into token budgets, and written as prompts.

What belongs here: pure decisions about order, room and wording. What does not: calling a model, counting tokens
(the counter is an argument), reading replies. Start at `review.py`.
"""
