-- Role registry. Row level security keeps every statement within the organisation of the connection.

-- name: begin_dossier(organisation_id, campaign_id, head)$
-- True for who began it; somebody else may have done so just now.
insert into loop.dossiers (organisation_id, campaign_id, head)
values (:organisation_id, :campaign_id, cast(cast(:head as text) as jsonb))
on conflict do nothing
returning true;

-- name: add_findings(organisation_id, campaign_id, ids, documents)!
insert into loop.findings (organisation_id, campaign_id, id, number, document)
select :organisation_id, :campaign_id, f.id, f.number, cast(f.document as jsonb)
  from unnest(cast(:ids as text[]), cast(:documents as text[])) with ordinality as f (id, document, number);

-- name: dossier(campaign_id)^
select head::text as head, begun_on, done_on from loop.dossiers where campaign_id = :campaign_id;

-- name: finish(campaign_id)!
update loop.dossiers set done_on = coalesce(done_on, current_date) where campaign_id = :campaign_id;

-- name: take_up_again(campaign_id)!
update loop.dossiers set done_on = null where campaign_id = :campaign_id;

-- name: findings(campaign_id)
-- All of a round, in the order of the list.
select document::text as document from loop.findings where campaign_id = :campaign_id order by number;

-- name: findings_unsaid(campaign_id)
-- Those that nobody has said in plain words yet.
select document::text as document from loop.findings where campaign_id = :campaign_id and plain is null order by number;

-- name: say_plainly(campaign_id, ids, plain)!
update loop.findings f
   set plain = cast(s.plain as jsonb)
  from unnest(cast(:ids as text[]), cast(:plain as text[])) as s (id, plain)
 where f.campaign_id = :campaign_id and f.id = s.id and f.plain is null;

-- name: findings_by_id(campaign_id, ids)
select document::text as document from loop.findings where campaign_id = :campaign_id and id = any(cast(:ids as text[])) order by number;

-- name: findings_of_place(campaign_id, level, place)
select document::text as document from loop.findings
 where campaign_id = :campaign_id and document -> 'place' ->> 'level' = :level and document -> 'place' ->> 'id' = :place
 order by number;

-- name: finding(campaign_id, id)$
select document::text from loop.findings where campaign_id = :campaign_id and id = :id;

-- name: alike(campaign_id, id)
-- Findings that say the same of the same question elsewhere in the round.
select o.document::text as document
  from loop.findings f
  join loop.findings o on (o.organisation_id, o.campaign_id) = (f.organisation_id, f.campaign_id)
   and o.id <> f.id and o.document -> 'items' = f.document -> 'items' and o.document -> 'object' = f.document -> 'object'
   and o.document -> 'facet' = f.document -> 'facet' and o.document ->> 'variant' = f.document ->> 'variant'
 where f.campaign_id = :campaign_id and f.id = :id
 order by o.number;

-- name: tally(campaign_id, variants)
-- By place: findings, those that ask for a reply, and how many of these have one.
select f.document -> 'place' ->> 'level' as level, f.document -> 'place' ->> 'id' as place, count(*) as findings,
       count(*) filter (where f.document ->> 'variant' = any(cast(:variants as text[]))) as asking,
       count(*) filter (where f.document ->> 'variant' = any(cast(:variants as text[])) and r.finding_id is not null) as answered
  from loop.findings f
  left join loop.replies r
    on (r.organisation_id, r.campaign_id, r.finding_id) = (f.organisation_id, f.campaign_id, f.id)
 where f.campaign_id = :campaign_id
 group by 1, 2;

-- name: replies(campaign_id)
select finding_id, kind, body, alternative, place, due_on, revision from loop.replies where campaign_id = :campaign_id;

-- name: first_reply(organisation_id, campaign_id, finding_id, kind, body, alternative, place, due_on, staff_id)$
-- True; nothing where there is one already.
insert into loop.replies (organisation_id, campaign_id, finding_id, kind, body, alternative, place, due_on, changed_by)
values (:organisation_id, :campaign_id, :finding_id, :kind, :body, :alternative, :place, :due_on, :staff_id)
on conflict do nothing
returning true;

-- name: change_reply(campaign_id, finding_id, kind, body, alternative, place, due_on, staff_id, seen)$
-- True; nothing where somebody else has changed it since.
update loop.replies
   set kind = :kind, body = :body, alternative = :alternative, place = :place, due_on = :due_on,
       revision = revision + 1, changed_by = :staff_id, changed_at = now()
 where campaign_id = :campaign_id and finding_id = :finding_id and revision = :seen
returning true;

-- name: take_back_reply(campaign_id, finding_id, seen)$
delete from loop.replies
 where campaign_id = :campaign_id and finding_id = :finding_id and revision = :seen
returning true;

-- name: knowledge(campaign_id)
select finding_id, residents, practice, research, revision from loop.knowledge where campaign_id = :campaign_id;

-- name: first_knowledge(organisation_id, campaign_id, finding_id, residents, practice, research, staff_id)$
insert into loop.knowledge (organisation_id, campaign_id, finding_id, residents, practice, research, changed_by)
values (:organisation_id, :campaign_id, :finding_id, :residents, :practice, :research, :staff_id)
on conflict do nothing
returning true;

-- name: change_knowledge(campaign_id, finding_id, residents, practice, research, staff_id, seen)$
update loop.knowledge
   set residents = :residents, practice = :practice, research = :research,
       revision = revision + 1, changed_by = :staff_id, changed_at = now()
 where campaign_id = :campaign_id and finding_id = :finding_id and revision = :seen
returning true;

-- name: measures(campaign_id)
-- Of a round, the one that is due first before the others; each with the findings it hangs on.
select m.id, m.title, m.owner, m.level, m.unit, m.due_on, m.budget_line, m.status, m.hoped, m.outcome, m.effect, m.verdict,
       m.revision, array(select f.finding_id from loop.measure_findings f
                          where (f.organisation_id, f.measure_id) = (m.organisation_id, m.id) order by 1) as findings
  from loop.measures m
 where m.campaign_id = :campaign_id and not m.removed
 order by m.due_on nulls last, m.made_at, m.id;

-- name: measure(campaign_id, id)^
-- Also one that was taken away.
select m.id, m.title, m.owner, m.level, m.unit, m.due_on, m.budget_line, m.status, m.hoped, m.outcome, m.effect, m.verdict,
       m.revision, m.removed, array(select f.finding_id from loop.measure_findings f
                          where (f.organisation_id, f.measure_id) = (m.organisation_id, m.id) order by 1) as findings
  from loop.measures m
 where m.campaign_id = :campaign_id and m.id = :id;

-- name: count_measures(campaign_id)$
select count(*) from loop.measures where campaign_id = :campaign_id;

-- name: hold_measures(campaign_id)$
-- Who adds one waits for the other; freed when the transaction ends.
select pg_advisory_xact_lock(hashtextextended('measures of ' || cast(cast(:campaign_id as uuid) as text), 0))::text;

-- name: same_measure(campaign_id, title, due_on, staff_id)$
-- The same by the same person, not changed since, of the last minute.
select id from loop.measures
 where campaign_id = :campaign_id and title = :title and due_on is not distinct from cast(:due_on as date)
   and changed_by = :staff_id and changed_at > now() - interval '1 minute' and not removed and revision = 1
 limit 1;

-- name: add_measure(organisation_id, campaign_id, title, owner, level, unit, due_on, budget_line, status, hoped, staff_id)$
insert into loop.measures
  (organisation_id, campaign_id, title, owner, level, unit, due_on, budget_line, status, hoped, changed_by)
values (:organisation_id, :campaign_id, :title, :owner, :level, :unit, :due_on, :budget_line, :status, :hoped, :staff_id)
returning id;

-- name: change_measure(campaign_id, id, title, owner, level, unit, due_on, budget_line, status, hoped, outcome, effect, verdict, staff_id, seen)$
update loop.measures
   set title = :title, owner = :owner, level = :level, unit = :unit, due_on = :due_on, budget_line = :budget_line,
       status = :status, hoped = :hoped, outcome = :outcome, effect = :effect, verdict = :verdict,
       revision = revision + 1, changed_by = :staff_id, changed_at = now()
 where campaign_id = :campaign_id and id = :id and revision = :seen and not removed
returning true;

-- name: remove_measure(campaign_id, id, removed, staff_id)$
-- Its title, where that was done now.
update loop.measures set removed = :removed, changed_by = :staff_id, changed_at = now()
 where campaign_id = :campaign_id and id = :id and removed <> :removed
returning title;

-- name: drop_measure_findings(id)!
delete from loop.measure_findings where measure_id = :id;

-- name: tie_measure(organisation_id, id, campaign_id, findings)!
insert into loop.measure_findings (organisation_id, measure_id, campaign_id, finding_id)
select :organisation_id, :id, :campaign_id, f.id from loop.findings f
 where f.campaign_id = :campaign_id and f.id = any(cast(:findings as text[]));

-- name: plans()
select id, name, kind, first_year, last_year, revision from loop.plans where not removed order by last_year desc, name, id;

-- name: count_plans()$
select count(*) from loop.plans;

-- name: add_plan(organisation_id, name, kind, first_year, last_year)$
insert into loop.plans (organisation_id, name, kind, first_year, last_year)
values (:organisation_id, :name, :kind, :first_year, :last_year)
returning id;

-- name: change_plan(id, name, kind, first_year, last_year, seen)$
update loop.plans
   set name = :name, kind = :kind, first_year = :first_year, last_year = :last_year, revision = revision + 1
 where id = :id and revision = :seen and not removed
returning true;

-- name: remove_plan(id)$
-- Its name; nothing where a finding is tied to one of its goals.
update loop.plans p set removed = true
 where p.id = :id and not p.removed
   and not exists (select from loop.goals g
                     join loop.ties t on (t.organisation_id, t.goal_id) = (g.organisation_id, g.id)
                    where (g.organisation_id, g.plan_id) = (p.organisation_id, p.id))
returning p.name;

-- name: bring_back_plan(id)$
update loop.plans set removed = false where id = :id and removed returning name;

-- name: goals()
-- Of the plans that are used, in no order that means anything; with how many findings bear on each.
select g.id, g.plan_id, g.number, g.body, g.gone_on,
       (select count(*) from loop.ties t where (t.organisation_id, t.goal_id) = (g.organisation_id, g.id)) as ties
  from loop.goals g
  join loop.plans p on (p.organisation_id, p.id) = (g.organisation_id, g.plan_id)
 where not p.removed
 order by g.number, g.id;

-- name: count_goals(plan_id)$
select count(*) from loop.goals where plan_id = :plan_id;

-- name: add_goal(organisation_id, plan_id, number, body)$
insert into loop.goals (organisation_id, plan_id, number, body)
values (:organisation_id, :plan_id, :number, :body)
returning id;

-- name: change_goal(id, number, body)$
update loop.goals set number = :number, body = :body where id = :id returning true;

-- name: end_goal(id, ended)$
-- What was tied to it says so from then on.
update loop.goals set gone_on = case when :ended then current_date end
 where id = :id and (gone_on is null) = :ended
returning body;

-- name: ties(campaign_id)
select t.id, t.finding_id, t.law, t.reasoning, t.goal_id, g.number, g.body, g.gone_on, p.name as plan, p.kind, p.first_year, p.last_year
  from loop.ties t
  left join loop.goals g on (g.organisation_id, g.id) = (t.organisation_id, t.goal_id)
  left join loop.plans p on (p.organisation_id, p.id) = (g.organisation_id, g.plan_id)
 where t.campaign_id = :campaign_id
 order by p.name, g.number, t.law, t.id;

-- name: count_ties(campaign_id, finding_id)$
select count(*) from loop.ties where campaign_id = :campaign_id and finding_id = :finding_id;

-- name: add_tie(organisation_id, campaign_id, finding_id, goal_id, law, reasoning)!
insert into loop.ties (organisation_id, campaign_id, finding_id, goal_id, law, reasoning)
values (:organisation_id, :campaign_id, :finding_id, :goal_id, :law, :reasoning);

-- name: drop_tie(campaign_id, id)$
delete from loop.ties where campaign_id = :campaign_id and id = :id returning finding_id;

-- name: round_before(campaign_id)^
-- The round before in the same series whose findings somebody has worked on.
select b.id, b.name
  from registry.campaigns c
  join registry.campaigns b on b.organisation_id = c.organisation_id and b.series = c.series and b.id <> c.id
   and b.status = 'closed' and b.closes_on < c.closes_on
  join loop.dossiers d on (d.organisation_id, d.campaign_id) = (b.organisation_id, b.id)
 where c.id = :campaign_id
 order by b.closes_on desc
 limit 1;

-- name: editions(campaign_id)
-- Of a round, the newest first; with how many files each has, and how many of these are made.
select e.id, e.version, e.automatic, e.state, e.wave, e.reading, e.erratum, e.erratum_nn, e.erratum_en, e.frozen_on, e.fault, s.name as made_by,
       (select count(*) from loop.edition_files f where (f.organisation_id, f.edition_id) = (e.organisation_id, e.id)) as files,
       (select count(*) from loop.edition_files f
         where (f.organisation_id, f.edition_id) = (e.organisation_id, e.id) and f.content_hash is not null) as made
  from loop.editions e
  left join registry.staff s on (s.organisation_id, s.id) = (e.organisation_id, e.made_by)
 where e.campaign_id = :campaign_id
 order by e.version desc;

-- name: add_edition(organisation_id, campaign_id, version, wave, reading, erratum, erratum_nn, erratum_en, staff_id)$
-- In the colours that the landlord wears now.
insert into loop.editions
  (organisation_id, campaign_id, version, wave, reading, erratum, erratum_nn, erratum_en, made_by, livery_id)
values (:organisation_id, :campaign_id, :version, :wave, :reading, :erratum, :erratum_nn, :erratum_en, :staff_id,
        (select id from registry.liveries where organisation_id = :organisation_id and worn))
returning id;

-- name: edition_livery(campaign_id, version)$
select livery_id from loop.editions where campaign_id = :campaign_id and version = :version;

-- name: add_edition_files(organisation_id, edition_id, documents, languages, levels, places, names, abouts)!
insert into loop.edition_files (organisation_id, edition_id, number, document, language, level, place, place_name, about)
select :organisation_id, :edition_id, f.number, f.document, f.language, f.level, f.place, f.name, f.about
  from unnest(cast(:documents as text[]), cast(:languages as text[]), cast(:levels as text[]), cast(:places as text[]),
              cast(:names as text[]), cast(:abouts as text[]))
       with ordinality as f (document, language, level, place, name, about, number);

-- name: edition_files(edition_id)
-- All but their contents.
select number, document, language, level, place, place_name, about, content_hash from loop.edition_files
 where edition_id = :edition_id order by number;

-- name: edition_file(edition_id, number)^
select number, document, language, level, place, place_name, about, content_hash, body from loop.edition_files
 where edition_id = :edition_id and number = :number and body is not null;

-- name: keep_edition_file(edition_id, number, content_hash, body, web)$
-- True where nobody else has made it meanwhile, and the edition is not stopped.
update loop.edition_files f set content_hash = :content_hash, body = :body, web = :web
 where f.edition_id = :edition_id and f.number = :number and f.body is null
   and exists (select from loop.editions e where (e.organisation_id, e.id) = (f.organisation_id, f.edition_id) and e.state = 'making')
returning true;

-- name: set_edition(id, before, state, fault)$
update loop.editions set state = :state, fault = :fault where id = :id and state = :before returning version;

-- name: throw_edition_away(id)$
delete from loop.editions where id = :id and state in ('stopped', 'draft') returning version;

-- name: reading(campaign_id)^
select slug, active, ends_on, active and current_date <= ends_on as open, told, enough, crowded
  from loop.readings where campaign_id = :campaign_id;

-- name: put_reading(organisation_id, campaign_id, slug, ends_on)!
-- One that was switched off is never the same address again.
insert into loop.readings (organisation_id, campaign_id, slug, ends_on)
values (:organisation_id, :campaign_id, :slug, :ends_on)
on conflict (organisation_id, campaign_id) do update
   set slug = case when readings.active then readings.slug else excluded.slug end,
       active = true, ends_on = excluded.ends_on;

-- name: stop_reading(campaign_id)!
update loop.readings set active = false, ends_on = least(ends_on, current_date) where campaign_id = :campaign_id;

-- name: reading_day()$
select current_date;

-- name: remarks(campaign_id)
-- In an order that was drawn when they were said and stays; row level security shows what is told already.
select id, finding_id, verdict, remark, shown from loop.remarks where campaign_id = :campaign_id order by id;

-- name: hold_reading(campaign_id)!
-- Until the transaction ends nobody writes the remarks anew.
select from loop.readings where campaign_id = :campaign_id for update;

-- name: show_remark(campaign_id, id, shown)$
update loop.remarks set shown = :shown where campaign_id = :campaign_id and id = :id and remark is not null returning finding_id;

-- name: read_findings(slug)^
-- Role phone: what a link shows; no head when it is closed.
select organisation_name, fictitious, campaign_name, head::text as head from ballots.read_findings(:slug);

-- name: findings_to_read(slug, level, place)
-- Role phone.
select document::text as document, plain::text as plain from ballots.findings_to_read(:slug, :level, :place);

-- name: remark_findings(slug, findings, verdicts, remarks)$
-- Role phone: kept, closed or full.
select ballots.remark_findings(:slug, :findings, :verdicts, :remarks);

-- Role answers: what tenants wrote, and what is quoted of it. Row level security keeps every statement within the
-- organisation, and reads answers of closed rounds only.

-- name: hold_answers(campaign_id)$
-- Retention waits, and whoever comes after retention finds nothing; freed when the transaction ends.
select pg_advisory_xact_lock_shared(hashtextextended('retention of ' || cast(cast(:campaign_id as uuid) as text), 0))::text;

-- name: wrote(campaign_id, item, who, another)
-- How many wrote something: by estate, under an area without one, or under neither. Not by open links, nor for others.
select estate_id, case when estate_id is null then area_id end as area_id, count(*)::integer as n
  from answers.responses
 where campaign_id = :campaign_id and coalesce(answers ->> :item, '') <> ''
   and mode not like 'open:%' and mode <> 'proxy' and answers ->> :who is distinct from :another
 group by 1, 2;

-- name: quotable(campaign_id, item, consent, yes, who, another, whole, places)
-- What those wrote whose own answer says yes: each text once, and nothing beside it.
select distinct answers ->> :item as body
  from answers.responses
 where campaign_id = :campaign_id and coalesce(answers ->> :item, '') <> '' and answers ->> :consent = :yes
   and mode not like 'open:%' and mode <> 'proxy' and answers ->> :who is distinct from :another
   and (cast(:whole as boolean) or estate_id = any(cast(:places as uuid[])) or area_id = any(cast(:places as uuid[])));

-- name: picked_texts(campaign_id, item)
select v.body, q.id, q.state
  from quotes.quotes q
  join quotes.verbatim v on (v.organisation_id, v.quote_id) = (q.organisation_id, q.id)
 where q.campaign_id = :campaign_id and q.item = :item;

-- name: count_quotes(campaign_id)$
select count(*) from quotes.quotes where campaign_id = :campaign_id;

-- name: pick_quote(organisation_id, campaign_id, item, meaning, level, place_id, codes, wording, edited, staff_id)$
insert into quotes.quotes (organisation_id, campaign_id, item, meaning, level, place_id, codes, wording, edited, picked_by)
values (:organisation_id, :campaign_id, :item, :meaning, :level, :place_id, :codes, :wording, :edited, :staff_id)
returning id;

-- name: keep_verbatim(organisation_id, id, body)!
insert into quotes.verbatim (organisation_id, quote_id, body) values (:organisation_id, :id, :body);

-- name: quote(campaign_id, id)^
select q.id, q.campaign_id, q.item, q.meaning, q.level, q.place_id, q.codes, q.wording, q.edited, q.state, q.reason, q.picked_by,
       q.decided_by, q.approved_on, q.revision, v.body as verbatim
  from quotes.quotes q
  left join quotes.verbatim v on (v.organisation_id, v.quote_id) = (q.organisation_id, q.id)
 where q.campaign_id = :campaign_id and q.id = :id;

-- name: quotes(campaign_id)
select id, campaign_id, item, meaning, level, place_id, codes, wording, edited, state, reason, picked_by, decided_by, approved_on,
       revision, null as verbatim
  from quotes.quotes
 where campaign_id = :campaign_id
 order by array_position(array['picked', 'returned', 'approved', 'taken_back'], state), codes, wording, id;

-- name: ever_approved()
-- Of all rounds: what was let through once was perhaps printed, also when it was taken back.
select id, campaign_id, place_id, wording from quotes.quotes where approved_on is not null;

-- name: change_quote(id, level, place_id, codes, wording, edited, seen)$
-- Nothing comes back when somebody was quicker.
update quotes.quotes
   set level = :level, place_id = :place_id, codes = :codes, wording = :wording, edited = :edited, state = 'picked',
       reason = '', decided_by = null, revision = revision + 1
 where id = :id and revision = :seen and approved_on is null
returning true;

-- name: drop_quote(id)$
delete from quotes.quotes where id = :id and approved_on is null returning true;

-- name: decide_quote(id, state, before, reason, staff_id, seen)$
update quotes.quotes
   set state = :state, reason = :reason, decided_by = :staff_id, revision = revision + 1,
       approved_on = case when :state = 'approved' then coalesce(approved_on, current_date) else approved_on end
 where id = :id and revision = :seen and state = any(cast(:before as text[]))
returning true;

-- Role registry.

-- name: approved_quotes(campaign_id)
select q.meaning, q.level, q.place_id, q.codes, q.wording, q.edited, a.name as area
  from quotes.quotes q
  left join registry.areas a on (a.organisation_id, a.id, 'area') = (q.organisation_id, q.place_id, q.level)
 where q.campaign_id = :campaign_id and q.state = 'approved';

-- name: give_pages(organisation_id, estates, slugs)!
-- Estates that have no page yet get one; an address once given stays.
insert into loop.public_pages (organisation_id, estate_id, slug)
select :organisation_id, e.id, n.slug
  from unnest(cast(:estates as uuid[]), cast(:slugs as text[])) as n (estate_id, slug)
  join registry.estates e on e.id = n.estate_id
on conflict do nothing;

-- name: pages_of_houses()
select estate_id, slug from loop.public_pages;

-- name: publication(edition_id)^
select published_on, withdrawn from loop.publications where edition_id = :edition_id;

-- name: publish(organisation_id, edition_id)$
-- True where the edition is ready.
insert into loop.publications (organisation_id, edition_id)
select e.organisation_id, e.id from loop.editions e
 where e.organisation_id = :organisation_id and e.id = :edition_id and e.state = 'ready'
on conflict (organisation_id, edition_id) do update set withdrawn = false
returning true;

-- name: withdraw_publication(edition_id)$
update loop.publications set withdrawn = true where edition_id = :edition_id and not withdrawn returning true;

-- name: house(slug)^
-- Role phone: the house of a page.
select organisation_name, fictitious, estate_name from ballots.house(:slug);

-- name: house_files(slug)
-- Role phone: what is published of it.
select edition_id, number, document, language, campaign_id, campaign_name, version, frozen_on, newest,
       erratum, erratum_nn, erratum_en, wrong, wrong_nn, wrong_en
  from ballots.house_files(:slug);

-- name: house_file(slug, edition_id, number)^
-- Role phone.
select body, web from ballots.house_file(:slug, :edition_id, :number);

-- ---------------------------------------------------------------- editions sent to people by name

-- name: add_share(organisation_id, id, edition_id, recipient, language, numbers, token_hash, code_hash, staff_id, days)$
-- The last day of the link; null where the edition is not ready, or this very form was sent before.
insert into loop.shares (organisation_id, id, edition_id, recipient, language, numbers, token_hash, code_hash, made_by, expires_on)
select e.organisation_id, :id, e.id, :recipient, :language, cast(:numbers as integer[]), :token_hash, :code_hash, :staff_id,
       current_date + cast(:days as integer)
  from loop.editions e
 where e.organisation_id = :organisation_id and e.id = :edition_id and e.state = 'ready'
on conflict do nothing
returning expires_on;

-- name: shares_of(edition_id)
-- The newest first.
select s.id, s.recipient, s.language, cardinality(s.numbers) as files, s.code_hash is not null as with_code, s.made_on,
       p.name as made_by, s.expires_on, s.revoked_on, s.opened, s.opened_on, current_date as today, l.state as letter
  from loop.shares s
  left join registry.staff p on (p.organisation_id, p.id) = (s.organisation_id, s.made_by)
  left join delivery.shared_letters l on (l.organisation_id, l.share_id) = (s.organisation_id, s.id)
 where s.edition_id = :edition_id
 order by s.made_on desc, s.recipient, s.id;

-- name: revoke_share(edition_id, id)$
update loop.shares set revoked_on = current_date
 where edition_id = :edition_id and id = :id and revoked_on is null
returning recipient;

-- name: drop_waiting_letter(share_id)!
delete from delivery.shared_letters where share_id = :share_id and state = 'waiting';

-- name: shared(hash)^
-- Role phone, as are all that follow: whose link it is, before the code.
select organisation_name, fictitious, language, with_code from ballots.shared(:hash);

-- name: shared_edition(hash, code)^
select campaign_name, recipient, version, frozen_on, wave, reading, expires_on, erratum, erratum_nn, erratum_en
  from ballots.shared_edition(:hash, :code);

-- name: shared_newer(hash, code)
select version, frozen_on, erratum, erratum_nn, erratum_en from ballots.shared_newer(:hash, :code);

-- name: shared_files(hash, code)
select number, document, language, about, place_name, content_hash, bytes from ballots.shared_files(:hash, :code);

-- name: shared_file(hash, code, number)^
select document, language, version, body from ballots.shared_file(:hash, :code, :number);

-- name: note_shared_opened(hash, code)$
select ballots.note_shared_opened(:hash, :code);

-- ---------------------------------------------------------------- documents made when a round is closed

-- name: on_close(campaign_id)^
select documents, languages, places, state, fault from loop.on_close where campaign_id = :campaign_id;

-- name: put_on_close(organisation_id, campaign_id, documents, languages, places, staff_id)$
-- True while the round is not closed: then somebody orders what is wanted.
insert into loop.on_close (organisation_id, campaign_id, documents, languages, places, set_by)
select c.organisation_id, c.id, cast(:documents as text[]), cast(:languages as text[]), cast(:places as text[]), :staff_id
  from registry.campaigns c
 where c.organisation_id = :organisation_id and c.id = :campaign_id and c.status <> 'closed'
on conflict (organisation_id, campaign_id) do update
   set documents = excluded.documents, languages = excluded.languages, places = excluded.places, set_by = excluded.set_by
returning true;

-- name: drop_on_close(campaign_id)$
delete from loop.on_close where campaign_id = :campaign_id and state = 'waiting' returning true;

-- name: due_on_close()
-- Of all organisations.
select organisation_id, campaign_id from loop.due_on_close();

-- name: make_alone(campaign_id)$
-- Whether no other process makes these; until the transaction ends.
select pg_try_advisory_xact_lock(hashtextextended('on close ' || cast(cast(:campaign_id as uuid) as text), 0));

-- name: settle_on_close(campaign_id, state, fault)!
update loop.on_close set state = :state, fault = :fault where campaign_id = :campaign_id and state = 'waiting';

-- name: add_draft_edition(organisation_id, campaign_id, wave)$
-- Null where there is one.
insert into loop.editions (organisation_id, campaign_id, version, automatic, wave)
values (:organisation_id, :campaign_id, 0, true, :wave)
on conflict do nothing
returning id;
