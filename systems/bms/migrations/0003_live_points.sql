-- tenantry: no transaction
-- What arrived in a building since a moment, for live streams: asked four times a second while somebody listens.
create index concurrently if not exists points_received on bms.points (tenant_id, building_id, received_at);
