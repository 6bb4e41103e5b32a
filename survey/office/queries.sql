-- name: add_printout(organisation_id, campaign_id, letters)$
insert into delivery.printouts (organisation_id, campaign_id, letters)
values (:organisation_id, :campaign_id, :letters) returning id;

-- name: printout(id, campaign_id)^
select id, letters, done, fault, made_at from delivery.printouts where id = :id and campaign_id = :campaign_id;

-- name: printout_files(id)
select number, first_letter, last_letter, both_sides from delivery.printout_files where printout_id = :id order by number;

-- name: locked_file(id, campaign_id, number)$
select f.locked
  from delivery.printouts p
  join delivery.printout_files f on (f.organisation_id, f.printout_id) = (p.organisation_id, p.id)
 where p.id = :id and p.campaign_id = :campaign_id and f.number = :number;

-- name: printed(id, done)!
update delivery.printouts set done = :done where id = :id;

-- name: keep_file(organisation_id, id, number, first_letter, last_letter, both_sides, locked)!
insert into delivery.printout_files
  (organisation_id, printout_id, number, first_letter, last_letter, both_sides, locked)
values (:organisation_id, :id, :number, :first_letter, :last_letter, :both_sides, :locked);

-- name: fail_printout(id, fault)!
update delivery.printouts set fault = :fault where id = :id;

-- name: drop_printout(id, campaign_id)!
delete from delivery.printouts where id = :id and campaign_id = :campaign_id;

-- name: drop_old_printouts()!
delete from delivery.printouts where made_at < now() - interval '1 day';

-- name: reckon_alone(what)$
-- Whether nobody else of the organisation reckons this; until the transaction ends.
select pg_try_advisory_xact_lock(
    hashtextextended('reckoning ' || current_setting('bostemme.organisation_id') || cast(:what as text), 0));
