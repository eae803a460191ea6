-- Whether every move of the rotor keeps SUN_KEEP_OUT_DEG away from the Sun.
alter table rotors add column avoid_sun boolean not null default true;
