-- name: staff_id(email)$
-- The account with this address in the organisation of the connection.
select id from registry.staff where email = :email;

-- name: unused(token_hashes)
-- Those of these links by which nobody has answered. Asked by the database's owner: nobody else can tell.
select i.token_hash from registry.invitations i
  join ballots.rights r on (r.organisation_id, r.invitation_id) = (i.organisation_id, i.id)
 where i.token_hash = any(:token_hashes) and not r.used;
