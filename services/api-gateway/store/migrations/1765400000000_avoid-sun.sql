-- Whether all moves of the rotor keep a distance of SUN_KEEP_OUT_DEG from the Sun.
alter table rotors add column avoid_sun boolean not null default true;
