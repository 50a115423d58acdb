"""What everything that answers comments promises, as tests. A subclass gives the fixture `make`: () → `Talk`."""

from pr_reviewer.model.events import Account, Comment, CommentPlace
from pr_reviewer.model.people import Permission
from pr_reviewer.model.posting import Reaction

ADA = Account("ada", 1)


class Talk:
    """A pull request on which `ada` has written, as tests see it."""

    def partner(self):
        """Whoever answers; a new one each time, as in a new process."""
        raise NotImplementedError

    def said(self, place: CommentPlace) -> Comment:
        """A new comment of ada's."""
        raise NotImplementedError

    def forget(self, comment: Comment) -> None:
        """Somebody deletes it."""
        raise NotImplementedError

    def reactions(self, comment: Comment) -> list[str]:
        raise NotImplementedError

    def answers(self, comment: Comment | None) -> list[str]:
        """What we have said below a comment; None: in the conversation."""
        raise NotImplementedError


class ConversationContract:
    """Subclass it once for each provider."""

    async def test_a_reaction_stands_beside_a_comment_once(self, make):
        talk = make()
        for place in CommentPlace:
            comment = talk.said(place)
            for _ in range(2):
                await talk.partner().react(comment, Reaction.TAKEN)
            await talk.partner().react(comment, Reaction.DONE)
            assert talk.reactions(comment) == ["eyes", "rocket"]

    async def test_a_comment_that_is_gone_gets_no_reaction_and_costs_nothing(self, make):
        talk = make()
        for place in CommentPlace:
            comment = talk.said(place)
            talk.forget(comment)
            await talk.partner().react(comment, Reaction.DONE)

    async def test_a_reply_in_the_conversation_is_said_once_and_its_words_are_the_last(self, make):
        talk = make()
        comment = talk.said(CommentPlace.CONVERSATION)
        addresses = {await talk.partner().reply(comment, "conversation:7", words) for words in ("One.", "Two.", "Two.")}
        assert len(addresses) == 1
        (only,) = talk.answers(None)
        assert only.startswith("Two.")

    async def test_what_has_no_thread_is_answered_in_the_conversation(self, make):
        talk = make()
        await talk.partner().reply(None, "review:7", "No.")
        (only,) = talk.answers(None)
        assert only.startswith("No.")

    async def test_a_comment_on_a_line_is_answered_below_it_once(self, make):
        talk = make()
        comment = talk.said(CommentPlace.LINE)
        for _ in range(2):
            await talk.partner().reply(comment, "line:7", "Here.")
        (only,) = talk.answers(comment)
        assert only.startswith("Here.")
        assert talk.answers(None) == []

    async def test_two_questions_have_two_answers(self, make):
        talk = make()
        for number in (1, 2):
            comment = talk.said(CommentPlace.CONVERSATION)
            await talk.partner().reply(comment, f"conversation:{number}", f"Answer {number}.")
        assert [answer[:9] for answer in talk.answers(None)] == ["Answer 1.", "Answer 2."]

    async def test_a_stranger_may_do_nothing_that_is_not_everybodys(self, make):
        assert not (await make().partner().permission("nobody-at-all")).can_write

    async def test_who_may_push_may_write(self, make):
        assert await make().partner().permission("ada") is Permission.WRITE
