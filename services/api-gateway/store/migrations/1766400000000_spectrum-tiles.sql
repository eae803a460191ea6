create table spectrum_bands (
  session_id integer not null references sessions (id) on delete cascade,
  band smallint not null,
  -- Centre of the first channel.
  first_channel_hz double precision not null,
  channel_hz double precision not null,
  -- One byte per channel.
  flags bytea not null,
  is_calibrated boolean not null,
  -- Those that any point has; bit k stands for the k-th statistic.
  statistics smallint not null,
  primary key (session_id, band)
);

-- Spectra of points whose tile is not complete. Codes of the channels, int16 little endian; null: not known.
create table spectrum_rows (
  session_id integer not null,
  band smallint not null,
  seq integer not null,
  head bytea not null,
  mean bytea,
  median bytea,
  min bytea,
  max bytea,
  kurtosis bytea,
  occupancy bytea,
  primary key (session_id, band, seq),
  foreign key (session_id, band) references spectrum_bands on delete cascade
);

-- 2,048 points x 16 channels of one statistic, 32 bytes per point. The last tile of a session may have fewer points.
create table spectrum_tiles (
  session_id integer not null,
  band smallint not null,
  statistic smallint not null,
  -- (seq - 1) / 2048
  tile integer not null,
  -- channel / 16
  block smallint not null,
  codes bytea not null,
  primary key (session_id, band, statistic, tile, block),
  foreign key (session_id, band) references spectrum_bands on delete cascade
);

-- What a spectrum has besides its channels, for all points of a tile.
create table spectrum_heads (
  session_id integer not null,
  band smallint not null,
  tile integer not null,
  heads bytea not null,
  primary key (session_id, band, tile),
  foreign key (session_id, band) references spectrum_bands on delete cascade
);

-- Without compression, a part of a value is read without the rest.
alter table spectrum_rows alter mean set storage external, alter median set storage external, alter min set storage external,
  alter max set storage external, alter kurtosis set storage external, alter occupancy set storage external;
alter table spectrum_tiles alter codes set storage external;
alter table spectrum_heads alter heads set storage external;

-- The space of packed rows is used again by the next tile.
alter table spectrum_rows set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1000);
