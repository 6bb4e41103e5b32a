-- name: staff_by_email(email)^
-- An active account by e-mail, of whatever organisation: used before anyone is signed in.
select organisation_id, id, name, role, password_hash from registry.staff_by_email(:email);

-- name: open_session(token_hash, organisation_id, staff_id, csrf_secret, hours)$
select registry.open_session(:token_hash, :organisation_id, :staff_id, :csrf_secret, :hours);

-- name: session(token_hash)^
-- Who holds this session; nobody when it has expired, was closed, or the account was turned off.
select organisation_id, organisation_name, fictitious, staff_id, staff_name, role, csrf_secret
  from registry.session(:token_hash);

-- name: close_session(token_hash)$
select registry.close_session(:token_hash);

-- name: count_sign_in(email_hash)^
select tries, minutes from registry.count_sign_in(:email_hash);

-- name: forget_sign_ins(email_hash)$
select registry.forget_sign_ins(:email_hash);

-- name: log_failed_sign_in(email_hash, email, action)$
select registry.log_failed_sign_in(:email_hash, :email, :action);

-- name: write_audit(staff_id, action, entity, entity_id, details)!
-- By the clock, not by the beginning of the transaction: entries of one transaction keep their order.
insert into registry.audit_log (organisation_id, at, staff_id, action, entity, entity_id, details)
values (cast(nullif(current_setting('bostemme.organisation_id', true), '') as uuid), clock_timestamp(),
        :staff_id, :action, :entity, :entity_id, cast(cast(:details as text) as jsonb));

-- name: audit_entries(staff_id, before, most)
-- The newest entries first, of one person or of all, older than the entry `before`; with the names of the round,
-- estate, questionnaire or account they are about, also when it was deleted since.
select a.id, a.at, a.action, a.details::text as details, s.name as staff_name, p.name as account, p.email,
       coalesce(c.name, e.name, q.name, d.details ->> 'name') as about, r.name as estate
  from registry.audit_log a
  left join registry.staff s on (s.organisation_id, s.id) = (a.organisation_id, a.staff_id)
  left join registry.staff p on (p.organisation_id, p.id) = (a.organisation_id, a.entity_id)
  left join registry.campaigns c on (c.organisation_id, c.id) = (a.organisation_id, a.entity_id)
  left join registry.estates e on (e.organisation_id, e.id) = (a.organisation_id, a.entity_id)
  left join registry.questionnaire_drafts q on (q.organisation_id, q.id) = (a.organisation_id, a.entity_id)
  left join registry.estates r on r.organisation_id = a.organisation_id and r.id::text = a.details ->> 'estate'
  left join registry.audit_log d on (d.organisation_id, d.entity_id) = (a.organisation_id, a.entity_id)
    and d.action in ('campaign.deleted', 'estate.deleted')
 where (cast(:staff_id as uuid) is null or a.staff_id = :staff_id)
   and (cast(:before as uuid) is null
        or (a.at, a.id) < (select b.at, b.id from registry.audit_log b where b.id = :before))
 order by a.at desc, a.id desc
 limit :most;

-- name: add_staff(organisation_id, email, name, role, password_hash)$
insert into registry.staff (organisation_id, email, name, role, password_hash)
values (:organisation_id, :email, :name, :role, :password_hash)
returning id;

-- name: set_password(password_hash, email)$
update registry.staff set password_hash = :password_hash where email = :email returning id;

-- name: set_active(active, email)$
update registry.staff set active = :active where email = :email returning id;

-- name: close_sessions_of(organisation_id, staff_id)$
select registry.close_sessions_of(:organisation_id, :staff_id);

-- name: staff_list()
select email, name, role, active from registry.staff order by email;

-- name: organisation_of(email)$
-- Owner only: which organisation an account belongs to.
select organisation_id from registry.staff where email = :email;

-- name: staff_name(id)$
select name from registry.staff where id = :id;
