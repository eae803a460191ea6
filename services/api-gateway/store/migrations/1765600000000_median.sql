-- The median of the reads of a point; null where the receiver reports only a summary of them, and in points from older versions.
alter table points add column median_dbm double precision;
