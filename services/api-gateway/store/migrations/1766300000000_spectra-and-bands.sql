-- The spectrum at every point of a session ({"channels": 1024}; null: none), and its tunings with the calibration of
-- each ([{"center_frequency_hz", "bandwidth_hz", "dbm_offset_db"}]; null: that of the rotor).
alter table sessions
  add column spectrum jsonb,
  add column bands jsonb;
