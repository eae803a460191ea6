-- Whether the travel that rotctld reports counts beside the limits of the rotor. Offsets and south_zero make it wrong.
alter table rotors add column trust_limits boolean not null default true;
