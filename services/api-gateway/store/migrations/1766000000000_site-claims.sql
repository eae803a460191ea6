-- The gateway that works for a site: it records points and reconciles. The claim ends 10 s after its last renewal. `orchestrator_*`: the
-- orchestrator that has the sessions of the site.
create table site_claims (
  site_id integer primary key references sites (id) on delete cascade,
  gateway_id text not null,
  gateway_run text not null,
  orchestrator_id text,
  orchestrator_run text,
  renewed_at timestamptz not null default clock_timestamp()
);

-- Tells the other gateways that a claim was released.
create function notify_site_release() returns trigger language plpgsql as $$
begin
  if new.renewed_at < old.renewed_at then
    perform pg_notify('skyscan_sites', '');
  end if;
  return null;
end
$$;
create trigger site_release after update on site_claims for each row execute function notify_site_release();
