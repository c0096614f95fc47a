"""The kinds of news core finds itself; upper floors register theirs. By default what asks for a person comes by mail at once."""

from core.registry import NewsKind, register_news

MENTION, ASSIGNED, REPLY, COMMENT, OWN, CHANGE = "mention", "assigned", "reply", "comment", "own", "change"

register_news(NewsKind(MENTION, "I am called by name in a comment", "called you in a comment on", 10, mail="now", sees="internal"))
register_news(NewsKind(ASSIGNED, "Something becomes mine", "made you the owner of", 20, mail="now"))
register_news(NewsKind(REPLY, "A thread I spoke in is answered", "answered in a thread on", 30, mail="now", sees="internal"))
register_news(NewsKind(COMMENT, "A comment on what I follow", "commented on", 60, mail="digest", sees="internal"))
register_news(NewsKind(OWN, "Somebody changes what is mine", "changed", 70, mail="digest"))
register_news(NewsKind(CHANGE, "Somebody changes what I follow", "changed", 80))
