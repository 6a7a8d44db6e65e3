import { expect, it } from 'vitest'
import type { Device } from '../api/types.ts'
import { knownDevicesOf } from './known-devices.ts'

const device = (id: string, name: string, value: number, unit: string | null = 'm³/h') =>
  ({ id, name, latest: { flow: { value, unit } } }) as unknown as Device
const list = (...items: Device[]) => ({ items, cut: false })

it('what is known of the devices stays the very same while only their values change', () => {
  const known = knownDevicesOf()
  const gate = device('b', 'gate', 0)
  const first = known(list(device('a', 'meter', 1), gate))
  expect(first.get('a')).toEqual({ name: 'meter', unitOf: { flow: 'm³/h' } })
  expect(known(list(device('a', 'meter', 2), gate))).toBe(first)
})

it('another name, another unit, another device or one less is another map', () => {
  const known = knownDevicesOf()
  let last = known(list(device('a', 'meter', 1)))
  for (const items of [
    [device('a', 'main meter', 1)],
    [device('a', 'main meter', 1, 'L/h')],
    [device('a', 'main meter', 1, 'L/h'), device('b', 'gate', 0)],
    [device('b', 'gate', 0)],
    [device('c', 'gate', 0)],
  ]) {
    const next = known(list(...items))
    expect(next).not.toBe(last)
    expect([...next.keys()]).toEqual(items.map(({ id }) => id))
    last = next
  }
})
