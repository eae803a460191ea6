-- Tells every gateway that a rotor has changed.
create function notify_rotor_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('skyscan_rotors', coalesce(new.id, old.id)::text);
  return null;
end
$$;
create trigger rotor_change after insert or update or delete on rotors for each row execute function notify_rotor_change();
