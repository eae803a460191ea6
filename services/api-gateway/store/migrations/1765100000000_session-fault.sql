-- Why no points arrive; times are those of the gateway that stored it.
alter table sessions
  add column fault jsonb,
  add column rotor_rests boolean,
  add column resumes_itself boolean;
