/**
 * Who can be heard only through whom, from the site's own declarations: a device names its parent, or the
 * source that brings it.
 */
import type { SubjectId } from '../model/alarm.ts'
import type { Device } from '../model/device.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Kinship } from './suppression.ts'

export const sourceSubject = (source: string): SubjectId => `source:${source}`

export const isSource = (subject: SubjectId): boolean => subject.startsWith('source:')

export const NO_KIN: Kinship = { parentsOf: () => [], childrenOf: () => [] }

/** A circle of parents (which the site's check refuses) is walked once. */
export function kinshipOf(devices: readonly Pick<Device, 'id' | 'parent' | 'source'>[]): Kinship {
  const byId = new Map(devices.map((device) => [device.id, device]))
  const parents = new Map<DeviceId, readonly SubjectId[]>()
  const children = new Map<SubjectId, DeviceId[]>()
  for (const { id } of devices) {
    const found = new Set<SubjectId>()
    const walked = new Set<DeviceId>()
    for (let one = byId.get(id); one && !walked.has(one.id); one = byId.get(one.parent ?? '')) {
      walked.add(one.id)
      if (one.parent !== undefined && one.parent !== id) found.add(one.parent)
      if (one.source !== undefined) found.add(sourceSubject(one.source))
    }
    if (found.size === 0) continue
    parents.set(id, [...found])
    for (const parent of found) children.set(parent, [...(children.get(parent) ?? []), id])
  }
  return {
    parentsOf: (device) => parents.get(device) ?? [],
    childrenOf: (parent) => children.get(parent) ?? [],
  }
}
