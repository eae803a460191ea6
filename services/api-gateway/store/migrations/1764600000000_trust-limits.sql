-- Whether the limits that rotctld reports apply in addition to those of the rotor. Offsets and south_zero make them wrong.
alter table rotors add column trust_limits boolean not null default true;
