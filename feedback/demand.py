"""Demand as one set-based statement: who stands behind each feature.

A message speaks for a feature through its evidence. Messages merged with it speak for the same features, and features merged into
another one count there: everything is read through the canonical rows. A person counts once per canonical feature, however often
they asked; an account counts once however many of its people did. Revenue is today's, of customers and prospects. Messages without
a requester name nobody and count for nobody.
"""

from core.sql import in_ids, run_returning_ids

LINKED = """
FROM source s
JOIN feedback_evidence e ON e.feature_id = s.id AND e.deleted_at IS NULL
JOIN feedback_feedback l ON l.id = e.feedback_id AND l.deleted_at IS NULL
"""
STATEMENT = """
WITH source AS (
    SELECT f.id, f.id AS feature_id FROM roadmaps_feature f WHERE f.merged_into_id IS NULL AND {own}
    UNION ALL
    SELECT f.id, f.merged_into_id FROM roadmaps_feature f WHERE f.deleted_at IS NULL AND {merged}
), voice AS (
    SELECT s.feature_id, l.requester_id {linked}
    UNION
    SELECT s.feature_id, m.requester_id {linked}
    JOIN feedback_feedback m ON m.merged_into_id = COALESCE(l.merged_into_id, l.id) AND m.deleted_at IS NULL
    UNION
    SELECT s.feature_id, c.requester_id {linked}
    JOIN feedback_feedback c ON c.id = l.merged_into_id AND c.deleted_at IS NULL
), person AS (
    SELECT v.feature_id, r.account_id FROM voice v JOIN feedback_requester r ON r.id = v.requester_id AND r.deleted_at IS NULL
), company AS (
    SELECT p.feature_id, COUNT(*) AS accounts,
           ROUND(SUM(CASE WHEN a.state IN ('customer', 'prospect') THEN a.annual_revenue END), 2) AS revenue
    FROM (SELECT DISTINCT feature_id, account_id FROM person) p
    JOIN portfolio_account a ON a.id = p.account_id AND a.deleted_at IS NULL
    GROUP BY p.feature_id
), heads AS (
    SELECT feature_id, COUNT(*) AS people FROM person GROUP BY feature_id
), fresh AS (
    SELECT f.id, COALESCE(h.people, 0) AS people, COALESCE(c.accounts, 0) AS accounts, COALESCE(c.revenue, 0) AS revenue
    FROM roadmaps_feature f LEFT JOIN heads h ON h.feature_id = f.id LEFT JOIN company c ON c.feature_id = f.id
    WHERE {own}
)
UPDATE roadmaps_feature
SET demand_people = fresh.people, demand_accounts = fresh.accounts, demand_revenue = fresh.revenue, demand_rev = demand_in
FROM fresh
WHERE roadmaps_feature.id = fresh.id AND (
    roadmaps_feature.demand_people <> fresh.people OR roadmaps_feature.demand_accounts <> fresh.accounts
    OR roadmaps_feature.demand_revenue <> fresh.revenue)
RETURNING roadmaps_feature.id
"""


def write_demand(ids: list[int]) -> list[int]:
    """Store people, accounts and revenue behind these features; answers the ids of those whose demand changed."""
    own, params = in_ids("f.id", ids)
    merged, _ = in_ids("f.merged_into_id", ids)
    return run_returning_ids(STATEMENT.format(own=own, merged=merged, linked=LINKED), [*params, *params, *params])
