"""What each role may write, by table and column: each new right is a decision, made here.

A role that may write more than its statements do is more than its process when somebody else speaks through
it: the console's could put any key into an open round, and close it only to look.
"""

from __future__ import annotations

import pytest

from survey.database.pool import Database

ROW = "*"
"""The whole row: every column that there is, or will be."""
WRITES: dict[str, dict[str, dict[str, str]]] = {
    "registry": {
        "delivery.contacts": {
            "DELETE": ROW,
            "INSERT": "campaign_id channel invitation_id known_by mailboxes organisation_id sealed",
            "UPDATE": "channel known_by mailboxes sealed",
        },
        "delivery.links": {"DELETE": ROW, "INSERT": ROW},
        "delivery.plans": {
            "DELETE": ROW,
            "INSERT": "campaign_id every_days first_on organisation_id reminders",
            "UPDATE": "every_days first_on reminders",
        },
        "delivery.printout_files": {"INSERT": ROW},
        "delivery.printouts": {
            "DELETE": ROW,
            "INSERT": "campaign_id letters organisation_id",
            "UPDATE": "done fault",
        },
        "delivery.shared_letters": {
            "DELETE": ROW,
            "INSERT": "organisation_id public_key sealed share_id",
        },
        "delivery.texts": {
            "DELETE": ROW,
            "INSERT": "body campaign_id kind language organisation_id subject",
            "UPDATE": "body subject",
        },
        "loop.dossiers": {"INSERT": "campaign_id head organisation_id", "UPDATE": "done_on"},
        "loop.edition_files": {
            "INSERT": "about document edition_id language level number organisation_id place place_name",
            "UPDATE": "body content_hash web",
        },
        "loop.editions": {
            "DELETE": ROW,
            "INSERT": "automatic campaign_id erratum erratum_en erratum_nn livery_id made_by organisation_id"
            " reading version wave",
            "UPDATE": "fault state",
        },
        "loop.findings": {"INSERT": ROW, "UPDATE": "plain"},
        "loop.goals": {"INSERT": "body number organisation_id plan_id", "UPDATE": "body gone_on number"},
        "loop.knowledge": {
            "INSERT": "campaign_id changed_by finding_id organisation_id practice research residents",
            "UPDATE": "changed_at changed_by practice research residents revision",
        },
        "loop.measure_findings": {"DELETE": ROW, "INSERT": ROW},
        "loop.measures": {
            "INSERT": "budget_line campaign_id changed_by due_on hoped level organisation_id owner"
            " status title unit",
            "UPDATE": "budget_line changed_at changed_by due_on effect hoped level outcome owner removed"
            " revision status title unit verdict",
        },
        "loop.on_close": {
            "DELETE": ROW,
            "INSERT": "campaign_id documents languages organisation_id places set_by",
            "UPDATE": "documents fault languages places set_by state",
        },
        "loop.plans": {
            "INSERT": "first_year kind last_year name organisation_id",
            "UPDATE": "first_year kind last_year name removed revision",
        },
        "loop.public_pages": {"INSERT": ROW},
        "loop.publications": {"INSERT": "edition_id organisation_id", "UPDATE": "withdrawn"},
        "loop.readings": {
            "INSERT": "campaign_id ends_on organisation_id slug",
            "UPDATE": "active ends_on slug",
        },
        "loop.remarks": {"UPDATE": "shown"},
        "loop.replies": {
            "DELETE": ROW,
            "INSERT": "alternative body campaign_id changed_by due_on finding_id kind organisation_id place",
            "UPDATE": "alternative body changed_at changed_by due_on kind place revision",
        },
        "loop.shares": {
            "INSERT": "code_hash edition_id expires_on id language made_by numbers organisation_id recipient"
            " token_hash",
            "UPDATE": "revoked_on",
        },
        "loop.ties": {
            "DELETE": ROW,
            "INSERT": "campaign_id finding_id goal_id law organisation_id reasoning",
        },
        "peers.offers": {"DELETE": ROW, "INSERT": ROW},
        "registry.areas": {"INSERT": ROW},
        "registry.audit_log": {"INSERT": ROW},
        "registry.campaign_estates": {
            "DELETE": ROW,
            "INSERT": "campaign_id dwellings estate_id invited organisation_id",
            "UPDATE": "dwellings invited",
        },
        "registry.campaigns": {
            "DELETE": ROW,
            "INSERT": "archive_years closed_on closes_on contact_days declared declared_grade languages"
            " name opens_on organisation_id panel_id questionnaire_version_id results_on series source status"
            " wave",
            "UPDATE": "archive_years closes_on contact_days declared declared_grade languages"
            " links_handed_out name opens_on questionnaire_version_id results_on status",
        },
        "registry.estates": {
            "DELETE": ROW,
            "INSERT": "area_id dwellings name organisation_id",
            "UPDATE": "archived area_id dwellings name",
        },
        "registry.invitations": {
            "DELETE": ROW,
            "INSERT": "campaign_id dwelling estate_id id member_id organisation_id token_hash",
        },
        "registry.frozen_drafts": {"INSERT": ROW},
        "registry.liveries": {
            "DELETE": ROW,
            "INSERT": "alt colour height logo media_type organisation_id plate width",
            "UPDATE": "worn",
        },
        "registry.open_links": {
            "INSERT": "campaign_id estate_id organisation_id slug source",
            "UPDATE": "active",
        },
        "registry.panels": {"DELETE": ROW, "INSERT": "organisation_id waves"},
        "registry.questionnaire_drafts": {
            "INSERT": ROW,
            "UPDATE": "archived based_on changed_at changed_by document name revision",
        },
        "registry.questionnaire_steps": {"DELETE": ROW, "INSERT": ROW, "UPDATE": "document undone"},
        "registry.questionnaire_versions": {"INSERT": ROW},
        "registry.reading_links": {"INSERT": ROW, "UPDATE": "active ends_on slug"},
        "registry.remarks": {"UPDATE": "answer outcome"},
        "registry.signoffs": {"INSERT": ROW},
        "registry.staff": {
            "INSERT": "email name organisation_id password_hash role",
            "UPDATE": "active password_hash",
        },
    },
    "answers": {
        "answers.margins": {"DELETE": ROW, "INSERT": ROW},
        "answers.opened": {"INSERT": ROW},
        "answers.published": {"INSERT": ROW},
        "answers.responses": {
            "INSERT": "answers campaign_id codes estate_id language mode organisation_id"
            " questionnaire_version_id"
        },
        "answers.told": {"INSERT": ROW},
        "answers.waves": {"INSERT": ROW},
        "peers.figures": {"DELETE": ROW, "INSERT": ROW, "UPDATE": "shared wave_hash"},
        "quotes.quotes": {
            "DELETE": ROW,
            "INSERT": "campaign_id codes edited item level meaning organisation_id picked_by place_id"
            " wording",
            "UPDATE": "approved_on codes decided_by edited level place_id reason revision state wording",
        },
        "quotes.verbatim": {"INSERT": ROW},
    },
    "phone": {},
    "mixer": {},
    "sender": {},
    "retention": {},
}
"""Role, table, right: which columns. Functions do the rest, each with rules of its own."""


@pytest.mark.parametrize("role", WRITES)
async def test_a_role_writes_what_its_statements_write_and_nothing_else(
    database: Database, role: str
) -> None:
    async with database.owner() as connection:
        rows = await connection.fetch(
            "with tables as (select c.oid, c.relacl, n.nspname || '.' || c.relname as name from pg_class c"
            "                  join pg_namespace n on n.oid = c.relnamespace"
            "                 where c.relkind in ('r', 'p', 'v', 'm', 'f')"
            "                   and n.nspname !~ '^(pg_|information_schema)'),"
            " given as ("
            "  select t.name, '*' as columns, g.privilege_type, g.grantee"
            "    from tables t, aclexplode(t.relacl) g"
            "  union all"
            "  select t.name, string_agg(a.attname, ' ' order by a.attname), g.privilege_type, g.grantee"
            "    from tables t join pg_attribute a on a.attrelid = t.oid, aclexplode(a.attacl) g"
            "   group by t.name, g.privilege_type, g.grantee)"
            " select name, privilege_type, columns from given"
            "  where grantee in (0, $1::regrole) and privilege_type <> 'SELECT' order by 1, 2",
            f"bostemme_{role}",
        )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["name"], {})[row["privilege_type"]] = row["columns"]
    assert found == WRITES[role]
