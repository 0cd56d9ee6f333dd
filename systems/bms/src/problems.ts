import { defineProblems } from 'tenantry'

export const bmsProblems = defineProblems({
  building_not_granted: {
    status: 403,
    title: 'Building not granted',
    advice: 'Ask an administrator of your organisation to grant you the building that `buildingId` names.',
  },
  building_not_found: {
    status: 404,
    title: 'No such building',
    advice: 'Name a building of your own by its id or its exact name; `building` is what was named. Nothing was stored.',
  },
})
