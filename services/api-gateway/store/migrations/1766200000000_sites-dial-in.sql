-- A site without addresses dials the gateways.
alter table sites drop constraint sites_addresses;
alter table sites add constraint sites_addresses
  check (id = 1 or (orchestrator_address is null) = (rotor_driver_address is null));
