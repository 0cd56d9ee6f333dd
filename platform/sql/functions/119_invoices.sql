-- What is sealed stays as it is, and its number is the next of its seller, without a gap.

-- Only sealing gives a number: there is no function that somebody could call for one. A seal that fails gives its number back.
create or replace function tenantry.number_invoice() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  _tenantry_last bigint;
begin
  insert into tenantry.invoice_numbers as n (seller, last)
    select t.system, 1 from tenantry.tenants t where t.id = tenantry.tenant_id()
    on conflict (seller) do update set last = n.last + 1
    returning n.last into strict _tenantry_last;
  new.number := (new.seller ->> 'invoicePrefix') || lpad(_tenantry_last::text, 6, '0');
  return new;
end
$$;

create or replace function tenantry.keep_invoice() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  _tenantry_may_change constant text[] := array['state', 'paid_at', 'voided_at', 'failed_at', 'failures', 'reference', 'version', 'updated_at'];
begin
  if tg_op = 'DELETE' then
    -- The owner of the tables erases whole tenants.
    if old.state <> 'draft' and (select oid from pg_roles where rolname = session_user) = ':app_role'::regrole then
      raise exception 'a sealed invoice stays' using errcode = 'TN030';
    end if;
    return old;
  end if;
  if old.state <> 'draft' and (
    to_jsonb(new) - _tenantry_may_change is distinct from to_jsonb(old) - _tenantry_may_change
    or new.state <> old.state and not (old.state = 'sealed' and new.state in ('paid', 'void'))
  ) then
    raise exception 'a sealed invoice does not change' using errcode = 'TN030';
  end if;
  return new;
end
$$;

create or replace function tenantry.keep_invoice_lines() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  _tenantry_invoice uuid := case when tg_op = 'DELETE' then old.invoice_id else new.invoice_id end;
begin
  if (tg_op <> 'DELETE' or (select oid from pg_roles where rolname = session_user) = ':app_role'::regrole) and (
    tg_op = 'UPDATE'
    -- Shared with whoever seals it: a line comes before the seal, or not at all.
    or exists (select from tenantry.invoices i where i.tenant_id = tenantry.tenant_id() and i.id = _tenantry_invoice and i.state <> 'draft' for share)
  ) then
    raise exception 'the lines of a sealed invoice do not change' using errcode = 'TN030';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;

revoke execute on function tenantry.number_invoice(), tenantry.keep_invoice(), tenantry.keep_invoice_lines() from public;
