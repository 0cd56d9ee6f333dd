select tenantry.add_point_rollups('bms', parent => 'bms.buildings', parent_column => 'building_id', series => 'bms.sensors');
