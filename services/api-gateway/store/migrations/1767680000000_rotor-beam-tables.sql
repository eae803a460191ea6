-- The pattern of a stored beam, for the simulator. Null: stored by an older version, or the scan was along lines only.
alter table rotor_beams add column pattern jsonb;
