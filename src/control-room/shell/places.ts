/** The places of the page, in the order of the header, and the right that each needs. */
import type { Right } from '../api/types.ts'
import { PAGES } from '../settings/pages.ts'

export const PLACES = [
  { path: '/', name: 'place.control-room', right: 'alarms:read' },
  { path: '/map', name: 'place.map', right: 'devices:read' },
  { path: '/orders', name: 'place.orders', right: 'orders:read' },
  { path: '/water', name: 'place.water', right: 'water-use:read' },
  { path: '/patrol', name: 'place.patrol', right: 'readings:read' },
  { path: '/vehicles', name: 'place.vehicles', right: 'devices:read' },
  { path: '/devices', name: 'place.devices', right: 'devices:read' },
  { path: '/reports', name: 'place.reports', right: 'reports:read' },
  { path: '/settings', name: 'place.settings', right: 'site:read' },
] as const satisfies { path: string; name: string; right: Right }[]

/** What lies within them and is looked for by its own name. */
export const WITHIN = [
  { path: '/water/quotas', name: 'quota.title', right: 'water-use:read' },
  { path: '/water/nights', name: 'night.title', right: 'water-use:read' },
  { path: '/water/balance', name: 'balance.title', right: 'water-use:read' },
  { path: '/reports/shift', name: 'reports.shift', right: 'reports:read' },
  ...PAGES.filter(({ path }) => path !== '/settings'),
] as const satisfies { path: string; name: string; right: Right }[]
