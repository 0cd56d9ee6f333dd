-- How a building's points are fetched from its own controller, and what became of it.

create table bms.connectors (
  building_id        uuid not null primary key,
  url                text not null check (length(url) between 1 and 2000),
  secret             bytea,
  secret_fingerprint text,
  secret_set_at      timestamptz,
  secret_set_by      uuid,
  secret_set_by_kind text check (secret_set_by_kind in ('member', 'key', 'operator', 'system')),
  secret_header      text not null default 'authorization' check (length(secret_header) between 1 and 64),
  poll_seconds       int not null default 60 check (poll_seconds between 10 and 86400),
  paused             boolean not null default false,
  fields             jsonb not null default '{}' check (jsonb_typeof(fields) = 'object'),
  version            int not null default 1,
  created_at         timestamptz not null default tenantry.clock(),
  updated_at         timestamptz not null default tenantry.clock(),
  check ((secret is null) = (secret_set_at is null) and (secret is null) = (secret_fingerprint is null))
);
comment on table bms.connectors is 'Controllers that are polled for points, one of a building';
comment on column bms.connectors.secret is 'Sealed with the tenant''s key; sent to the controller and shown to nobody';
comment on column bms.connectors.secret_header is 'Where the controller wants it; in "authorization" it follows the word Bearer';
comment on column bms.connectors.paused is 'Polled when somebody asks for it, and not by itself';
comment on column bms.connectors.fields is 'What the controller calls the parts of a point, where it is not the usual names';

-- Apart, because it changes with every poll: that belongs in no audit.
create table bms.connector_states (
  building_id       uuid not null primary key references bms.connectors (building_id) on delete cascade,
  read_until        timestamptz,
  last_success_at   timestamptz,
  last_points       int,
  last_refused      int,
  last_failure_at   timestamptz,
  last_failure_code text check (length(last_failure_code) <= 60),
  failures          int not null default 0,
  due_at            timestamptz
);
comment on table bms.connector_states is 'When a controller was polled, with what success, and when it is polled again';
comment on column bms.connector_states.read_until is 'Time of the newest point that came from it';
comment on column bms.connector_states.failures is 'In a row; each makes the pause longer';
comment on column bms.connector_states.due_at is 'Of the next poll; null while it is paused';

select tenantry.enroll('bms.connectors', audit => true, redact => '{secret}', granted_by => 'building_id',
  parents => '{"building_id": "bms.buildings"}');
select tenantry.enroll('bms.connector_states', granted_by => 'building_id');

create table bms.gateways (
  building_id   uuid not null primary key,
  network_id    text not null check (network_id ~ '^[0-9a-f]{16}$'),
  node_id       text not null check (node_id ~ '^[0-9a-f]{10}$'),
  asked_at      timestamptz not null default tenantry.clock(),
  code          text not null check (length(code) between 1 and 60),
  authorised_at timestamptz
);
comment on table bms.gateways is 'Gateways for which their building''s network was asked, as ZeroTier calls both';
comment on column bms.gateways.code is 'What came of it when it was asked last; "ok" where the gateway was let in';
comment on column bms.gateways.authorised_at is 'When this gateway was let into this network; null if it never was';
select tenantry.enroll('bms.gateways', audit => true, granted_by => 'building_id', parents => '{"building_id": "bms.buildings"}');
