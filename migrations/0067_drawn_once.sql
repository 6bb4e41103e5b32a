-- What was drawn is drawn again.
-- migrate:up

set local lock_timeout = '10s';

-- A batch that is stopped before its end has left its answers in the write-ahead log and in the files; drawn anew from a
-- box that is the same, another batch would tell single answers by what the two have in common. So the lot is that of a
-- secret beside the mixer's keys: the same box gives the same ballots. `p_lot`: 32 bytes.
-- squawk-ignore ban-drop-function
drop function ballots.draw(uuid, boolean, uuid[], integer[]);
create function ballots.draw(
  p_campaign_id uuid, p_open_link boolean, p_estate_ids uuid[], p_numbers integer[], p_lot bytea)
returns table (id uuid, public_key bytea, sealed bytea, source text)
language sql security definer set search_path = pg_catalog as $$
  select d.id, d.public_key, d.sealed, d.source
    from unnest(p_estate_ids, p_numbers) as wanted (estate_id, n)
   cross join lateral (
     select x.id, x.public_key, x.sealed, x.source
       from (select b.id, b.public_key, b.sealed, b.source from ballots.box b
              where b.campaign_id = p_campaign_id and b.estate_id = wanted.estate_id
                and (b.source is not null) = p_open_link and not b.unreadable
                for update of b skip locked) x
      order by sha256(p_lot || uuid_send(x.id)) limit wanted.n) d
   order by sha256(p_lot || uuid_send(d.id))
$$;

-- Those of an estate that were drawn before and wait all the same: their batch was stopped, or the database is an older one.
create function ballots.draw_again(p_campaign_id uuid, p_open_link boolean, p_estate_id uuid, p_ids uuid[], p_lot bytea)
returns table (id uuid, public_key bytea, sealed bytea, source text)
language sql security definer set search_path = pg_catalog as $$
  select d.id, d.public_key, d.sealed, d.source
    from (select b.id, b.public_key, b.sealed, b.source from ballots.box b
           where b.campaign_id = p_campaign_id and b.estate_id = p_estate_id
             and (b.source is not null) = p_open_link and b.id = any(p_ids)
             for update of b) d
   order by sha256(p_lot || uuid_send(d.id))
$$;

revoke all on function ballots.draw, ballots.draw_again from public;
grant execute on function ballots.draw, ballots.draw_again to bostemme_mixer;

-- migrate:down
-- Forward only.
