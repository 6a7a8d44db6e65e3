/**
 * What one device says for all of its group: the fire release of a building concerns each of its doors,
 * whichever controller hears of it. Only readings that speak of the point are passed round, so everything
 * else still concerns one subject.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { Device } from '../model/device.ts'
import type { DeviceId, Reading } from '../model/reading.ts'
import type { SubjectBook } from './bound-subjects.ts'

export type Overhears = {
  /** A switch: what holds once it is said `true`, until `false`. */
  readonly point: string
  /** Devices of one group hear each other; undefined: it hears itself alone. */
  groupOf(device: Device): string | undefined
}

/**
 * Each bound subject learns whom it hears beside its own device. All devices speak, in scope of the rule or not.
 * The function that comes back gives the subjects that a reading concerns by that point, if it speaks of it.
 */
export function overhear(
  { point, groupOf }: Overhears,
  devices: readonly Device[],
  bound: Pick<SubjectBook<unknown>, 'has' | 'join'>,
): (reading: Reading) => readonly SubjectId[] | undefined {
  const groups = new Map<string, { readonly devices: DeviceId[]; readonly subjects: SubjectId[] }>()
  const subjectsBy = new Map<DeviceId, readonly SubjectId[]>()
  for (const device of devices) {
    const name = groupOf(device)
    if (name === undefined) continue
    const group = groups.get(name) ?? { devices: [], subjects: [] }
    groups.set(name, group)
    group.devices.push(device.id)
    subjectsBy.set(device.id, group.subjects)
    if (!bound.has(device.id)) continue
    group.subjects.push(device.id)
    // One list for the whole group, so that a building of five hundred doors holds it once.
    bound.join(device.id, group.devices)
  }
  return ({ device, values }) => (values[point] === undefined ? undefined : subjectsBy.get(device))
}
