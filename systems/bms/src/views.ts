import type { ViewDefinition } from 'tenantry'
import { followBuilding } from './data/follow-building.ts'
import { listBuildingSeries } from './data/list-building-series.ts'
import { readBuildingData } from './data/read-building-data.ts'
import { buildings, sensors } from './resources.ts'

const words = {
  buildings: { en: 'Buildings', de: 'Gebäude' },
  sensors: { en: 'Sensors', de: 'Sensoren' },
  points: { en: 'Stored points', de: 'Gespeicherte Messpunkte' },
  calls: { en: 'API calls', de: 'API-Aufrufe' },
  name: { en: 'Name', de: 'Name' },
}

/** What facility managers see in the portal. */
export const views: readonly ViewDefinition[] = [
  {
    kind: 'dashboard',
    name: 'overview',
    title: { en: 'Overview', de: 'Übersicht' },
    stats: [
      { name: 'buildings', title: words.buildings },
      { name: 'sensors', title: words.sensors },
      { name: 'points', title: words.points },
    ],
    limits: [
      { name: 'buildings', title: words.buildings },
      { name: 'sensors', title: words.sensors },
    ],
    meters: [{ name: 'api_calls', title: words.calls }],
  },
  {
    kind: 'series',
    name: 'buildings',
    title: words.buildings,
    icon: 'building',
    resource: buildings,
    titles: {
      name: words.name,
      address: { en: 'Address', de: 'Adresse' },
      timeZone: { en: 'Time zone', de: 'Zeitzone' },
      networkId: { en: 'Network', de: 'Netzwerk' },
    },
    columns: ['name', 'address', 'timeZone', 'createdAt'],
    series: listBuildingSeries,
    data: readBuildingData,
    live: followBuilding,
    loads: ['power'],
  },
  {
    kind: 'resource',
    name: 'sensors',
    title: words.sensors,
    icon: 'sensor',
    resource: sensors,
    titles: {
      buildingId: { en: 'Building', de: 'Gebäude' },
      pointType: { en: 'Type', de: 'Art' },
      unit: { en: 'Unit', de: 'Einheit' },
      name: words.name,
    },
  },
]
