/** The points of a profile by the names under which a bridge sends them: a tag, a key, a metric. */
import type { Draft } from './decoder.ts'
import type { DeviceProfile } from './device-profile.ts'
import { type PointReader, pointReader } from './point.ts'
import { type Expected, expectedOf } from './strange.ts'

type NamedPoint = { readonly point: string; readonly read: PointReader }

export type NamedPoints = {
  readonly byName: ReadonlyMap<string, readonly NamedPoint[]>
  /** Points that every whole sample must have, each with its names. */
  readonly required: readonly { readonly point: string; readonly names: readonly string[] }[]
  readonly expected: Expected
}

/** `from` is a name as it stands, of several the first that is there; without it the name of the point. */
export function namedPoints(profile: Pick<DeviceProfile, 'vendor' | 'model' | 'points'>): NamedPoints {
  const { points } = profile
  const byName = new Map<string, NamedPoint[]>()
  const required: { point: string; names: string[] }[] = []
  for (const [point, wanted] of Object.entries(points)) {
    const names = [wanted.from ?? point].flat()
    const read = pointReader(wanted)
    for (const name of names) byName.set(name, [...(byName.get(name) ?? []), { point, read }])
    if (wanted.required) required.push({ point, names })
  }
  return { byName, required, expected: expectedOf(profile, undefined) }
}

/** Reads one named value into a draft. False where no point has that name. */
export function takeNamed(
  { byName }: NamedPoints,
  name: string,
  said: unknown,
  made: Draft,
  doubt?: 'uncertain' | 'bad',
): boolean {
  const wanted = byName.get(name)
  if (!wanted) return false
  for (const { point, read } of wanted) {
    if (Object.hasOwn(made.values, point)) continue
    const result = read(said)
    if ('fault' in result) {
      made.faults.push(`${point}: ${result.fault}`)
      continue
    }
    made.values[point] = result.value
    const worse = result.doubt ?? doubt
    if (worse) made.doubts[point] = worse
  }
  return true
}

/** Notes that a name was sent without a value. False where no point has that name. */
export function refuseNamed({ byName }: NamedPoints, name: string, fault: string, made: Draft): boolean {
  const wanted = byName.get(name)
  for (const { point } of wanted ?? []) made.faults.push(`${point}: ${fault}`)
  return wanted !== undefined
}

/** Required points that were not even mentioned. */
export function refuseMissing(
  { required }: NamedPoints,
  isSaid: (name: string) => boolean,
  made: Draft,
): void {
  for (const { point, names } of required) if (!names.some(isSaid)) made.faults.push(`${point}: is missing`)
}
