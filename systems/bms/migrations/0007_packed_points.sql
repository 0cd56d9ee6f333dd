-- tenantry: contract
select tenantry.pack_points('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
