"""The statements of the fan-out. Thousands of rows pass through each, so none comes to Python."""

from __future__ import annotations

from functools import cache

from bot.text import DEFAULT_LANGUAGE

# Who gets it: members of this page of the cohort who want it and can be reached, and have not had
# this date or a later one. Their bulletin is known by its key, language/length/topics.
WHO = """
FROM subscriptions s JOIN chats c ON c.id = s.chat_id
WHERE s.cohort_id = :cohort AND s.id > :after AND s.id <= :upto
  AND c.state = 'active'
  AND (s.state = 'active' OR (s.state = 'paused' AND s.paused_until <= :due_at))
  AND s.since <= :due_at
  AND (s.done_date IS NULL OR s.done_date < :local_date)
"""

# What one bulletin is shared by; SPOKEN is the nearest language that we have. Who has not had the
# one of `since`, the hour before this one, or had that date at an earlier hour than `since_at`, is
# told what changed since their own last, or gets the whole if they never had any.
VARIANT = """
  SPOKEN || '/' || coalesce(s.length, c.length)
  || CASE WHEN c.kind = 'private' THEN '' ELSE '+public' END || '/' || s.topics
  || CASE WHEN CAST(:since AS TEXT) = '' OR s.done_date >= CAST(:since AS TEXT)
      AND coalesce(s.done_at, CAST(:since_at AS BIGINT)) >= CAST(:since_at AS BIGINT) THEN ''
    ELSE '/' || coalesce(s.done_date || coalesce('@' || s.done_at, ''), 'new') END"""

VARIANTS = "".join(
    (
        "SELECT DISTINCT ",
        VARIANT,
        """ AS variant
FROM subscriptions s JOIN chats c ON c.id = s.chat_id
WHERE s.cohort_id = :cohort AND c.state = 'active'
  AND (s.state = 'active' OR (s.state = 'paused' AND s.paused_until <= :due_at))
ORDER BY variant
""",
    )
)

PAGE = """
SELECT max(id) FROM (
  SELECT id FROM subscriptions WHERE cohort_id = :cohort AND id > :after ORDER BY id LIMIT :limit
) AS page
"""

OPEN = "".join(
    (
        "INSERT INTO bulletins (occasion_id, variant) SELECT DISTINCT CAST(:occasion AS BIGINT), ",
        VARIANT,
        WHO,
        "ON CONFLICT DO NOTHING",
    )
)

# `said` holds the texts by language and by how the last delivery ended ('' for well).
SAID = """
WITH said AS MATERIALIZED (
  SELECT language, past, words FROM ROWS(:said, language TEXT, past TEXT, words TEXT)
)"""

PICKED = "".join(
    (
        "SELECT s.id, s.chat_id, s.thread_id, SPOKEN AS language, s.done_date, c.empty, ",
        VARIANT,
        " AS variant",
        WHO,
    )
)

INTO = """
INSERT INTO deliveries (occasion_id, chat_id, thread_id, subscription_id, local_date, bulletin_id,
  preface, not_before, expires_at, created_at, updated_at)
"""

OWED = """
SELECT b.occasion_id, p.chat_id, p.thread_id, p.id, :local_date, b.id, coalesce(said.words, ''),
  CAST(:not_before AS BIGINT), CAST(:expires_at AS BIGINT), CAST(:now AS BIGINT),
  CAST(:now AS BIGINT)
FROM picked p
JOIN bulletins b ON b.occasion_id = :occasion AND b.variant = p.variant
LEFT JOIN deliveries u ON u.subscription_id = p.id AND u.local_date = p.done_date
  AND u.state IN ('unknown', 'expired')
LEFT JOIN said ON said.language = p.language AND said.past = coalesce(u.state, '')
WHERE b.state <> 'cancelled' AND NOT (b.state = 'empty' AND p.empty = 'silence')
ORDER BY p.id
ON CONFLICT DO NOTHING
"""

# The driver counts the rows of a statement only if INSERT is its first word.
OWE_SQLITE = INTO + SAID + ", picked AS (" + PICKED + ")" + OWED

DONE_SQLITE = """
UPDATE subscriptions SET done_date = :local_date, done_at = :due_at
WHERE cohort_id = :cohort AND id > :after AND id <= :upto
  AND (done_date IS NULL OR done_date < :local_date)
  AND EXISTS (SELECT 1 FROM deliveries d
    WHERE d.subscription_id = subscriptions.id AND d.local_date = :local_date
      AND d.occasion_id = :occasion)
"""

# One statement, so that all of it sees one moment; the lock keeps edits out of the page.
OWE_POSTGRES = "".join(
    (
        SAID,
        ", picked AS MATERIALIZED (",
        PICKED,
        "KEPT(s)), made AS (",
        INTO,
        OWED,
        "RETURNING subscription_id) ",
        "UPDATE subscriptions SET done_date = :local_date, done_at = :due_at ",
        "WHERE id IN (SELECT subscription_id FROM made)",
    )
)


@cache
def said_in(statement: str, languages: tuple[str, ...]) -> str:
    """The statement for a desk that has these languages; `bot.text.spoken` in SQL."""
    code = "replace(lower(c.language), '_', '-')"
    exact = ", ".join(f"'{one}'" for one in languages)
    near = " ".join(
        f"WHEN {code} LIKE '{one}-%' THEN '{one}'" for one in languages if "-" not in one
    )
    spoken = f"CASE WHEN {code} IN ({exact}) THEN {code} {near} ELSE '{DEFAULT_LANGUAGE}' END"
    return statement.replace("SPOKEN", spoken)
