import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { DeviceProfile } from '../profiles/device-profile.ts'
import { nearPoints } from './near-points.ts'
import { readProfiles } from './profiles.ts'

const SHIPPED = readProfiles(join(import.meta.dirname, '../../device-profiles'))

const meterWith = (...names: string[]): DeviceProfile => {
  const [meter] = SHIPPED.filter(({ model, vendor }) => vendor === 'gatehouse' && model === 'water-meter')
  const point = meter?.points.volume
  if (!meter || !point) throw new Error('no shipped meter')
  return { ...meter, points: Object.fromEntries(names.map((name) => [name, point])) }
}

it('a point that is almost called like one of its family is told of, with the name that was meant', () => {
  expect(nearPoints(meterWith('volum', 'batery'))).toEqual([
    'profile gatehouse/water-meter: a water-meter has no volum of its own; did you mean volume?',
    'profile gatehouse/water-meter: a water-meter has no batery of its own; did you mean battery?',
  ])
})

it('a point of its own is nobody’s slip, nor one beside the right one; what is shipped has none', () => {
  expect(nearPoints(meterWith('temperature', 'signal', 'volume', 'volume-2'))).toEqual([])
  expect(SHIPPED.flatMap(nearPoints)).toEqual([])
})
