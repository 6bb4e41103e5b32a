-- name: staff_id(email)$
-- The account with this address in the organisation of the connection.
select id from registry.staff where email = :email;

-- name: unused(token_hashes)
-- Those of these links by which nobody has answered. Asked by the database's owner: nobody else can tell.
select token_hash from registry.invitations where token_hash = any(:token_hashes) and not used;
