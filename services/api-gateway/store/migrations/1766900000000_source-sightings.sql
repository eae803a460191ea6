-- Where a source was at several times: [{ time_ms, azimuth_deg, elevation_deg, covariance_xx, ... }]; empty: its motion is
-- not known.
alter table sources add column sightings jsonb not null default '[]';

-- The version of what was known of the sky when the stored sources were identified; null: not known.
alter table source_searches add column identified_with text;
