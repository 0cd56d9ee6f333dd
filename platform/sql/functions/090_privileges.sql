-- Nobody may call what was not granted by name. Definer functions that are take tenant and actor from the context; `record_accesses` alone is told them.
revoke execute on all functions in schema tenantry from public;

grant execute on function tenantry.tenant_id(), tenantry.actor(), tenantry.actor_kind(), tenantry.request_id(), tenantry.origin(),
  tenantry.clock(), tenantry.uuid7(), tenantry.words(text), tenantry.emit(text, uuid, jsonb),
  tenantry.record_access(text, uuid), tenantry.record_accesses(uuid[], text[], uuid[], uuid[], text[], uuid[], text[], text[], text[]),
  tenantry.record_audit(text, text, uuid, jsonb) to :app_role;

grant execute on function tenantry.clock(), tenantry.uuid7() to :directory_role;
