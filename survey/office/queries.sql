-- name: add_printout(organisation_id, campaign_id, letters)$
insert into delivery.printouts (organisation_id, campaign_id, letters)
values (:organisation_id, :campaign_id, :letters) returning id;

-- name: printout(id, campaign_id)^
select id, letters, done, fault, locked is not null as ready, made_at
  from delivery.printouts where id = :id and campaign_id = :campaign_id;

-- name: locked_printout(id, campaign_id)$
select locked from delivery.printouts where id = :id and campaign_id = :campaign_id;

-- name: printed(id, done)!
update delivery.printouts set done = :done where id = :id;

-- name: keep_printout(id, locked)!
update delivery.printouts set locked = :locked where id = :id;

-- name: fail_printout(id, fault)!
update delivery.printouts set fault = :fault where id = :id;

-- name: drop_printout(id, campaign_id)!
delete from delivery.printouts where id = :id and campaign_id = :campaign_id;

-- name: drop_old_printouts()!
delete from delivery.printouts where made_at < now() - interval '1 day';
