/** Where a device stands, for an order whose reader may not read devices. */
import { devicesById } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import type { WhereOf } from '../operations/views.ts'

export const whereIn =
  ({ devices }: Pick<Site, 'devices'>): WhereOf =>
  (id) => {
    const device = devicesById(devices).get(id)
    return device && { name: device.name, place: device.place }
  }
