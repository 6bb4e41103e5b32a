-- name: staff_id(email)$
-- The account with this address in the organisation of the connection.
select id from registry.staff where email = :email;
