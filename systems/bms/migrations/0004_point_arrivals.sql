select tenantry.add_point_arrivals('bms', parent => 'bms.buildings', parent_column => 'building_id');
