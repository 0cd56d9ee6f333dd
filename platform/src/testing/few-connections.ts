/**
 * Configuration of an installation that shares its PostgreSQL with others: of a hundred connections, which a server has as a
 * rule, the usual lanes of three would leave none.
 *
 * @example
 * createTenantry({ ...urls, systems, configuration: { ...fewConnections, masterKeys: [makeMasterKey()] } })
 */
export const fewConnections = { readConnections: 2, writeConnections: 2, slowConnections: 1, interactiveConnections: 1 } as const
