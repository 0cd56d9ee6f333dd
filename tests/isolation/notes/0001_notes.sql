create table notes.notes (
  id         uuid not null,
  text       text not null check (length(text) between 1 and 500),
  version    int not null default 1,
  created_at timestamptz not null default tenantry.clock(),
  updated_at timestamptz not null default tenantry.clock(),
  primary key (id)
);
select tenantry.enroll('notes.notes', audit => true);
create index on notes.notes (tenant_id, created_at, id);

-- Refers to notes by id alone, as an application's tables do before they are thought through.
create table notes.reminders (id uuid not null, note_id uuid not null, primary key (id));
select tenantry.enroll('notes.reminders');
