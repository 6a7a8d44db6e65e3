/**
 * Of a sample in which a profile knows nothing: what it has, and what the profile would have read. Mostly the
 * profile is another model's, or a name is spelled otherwise, and both show as soon as the two lists stand
 * side by side.
 */
import { meant } from '../model/meant.ts'
import type { DeviceProfile } from './device-profile.ts'
import { profileName } from './device-profile.ts'

/** What a profile reads, by the names under which it is sent. */
export type Expected = {
  readonly profile: string
  readonly names: readonly string[]
  /** Where the time stands: no point. */
  readonly time: string | undefined
}

const MOST_NAMES = 8
/** Of one name. */
const MOST_CHARACTERS = 40
const MOST_LEVELS = 4
/** Names that are looked at: beyond it nobody counts. */
const MOST_COUNTED = 1_000

export const expectedOf = (
  { points, ...named }: Pick<DeviceProfile, 'vendor' | 'model' | 'points'>,
  time: string | undefined,
): Expected => ({
  profile: profileName(named),
  names: [...new Set(Object.entries(points).flatMap(([point, { from }]) => from ?? point))],
  time,
})

/** `seen` is the sample as it was sent, or the names in it. */
export function nothingKnown(seen: object, { profile, names, time }: Expected): string {
  const found: string[] = []
  gather(seen instanceof Set ? Object.fromEntries([...seen].map((name) => [name, 0])) : seen, '', 1, found)
  const strange = found.filter((name) => name !== time)
  const has =
    strange.length === 0
      ? 'no point at all'
      : listed(strange.map((name) => JSON.stringify(name.slice(0, MOST_CHARACTERS))))
  return `none of its points is known: it has ${has}, and ${profile} reads ${listed(names)}${meant(strange[0] ?? '', names)}`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The paths of its values, as profiles write them. */
function gather(said: object, path: string, level: number, found: string[]): void {
  for (const [name, value] of Object.entries(said)) {
    if (found.length >= MOST_COUNTED) return
    const isInner = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isInner && level < MOST_LEVELS) gather(value, `${path}${name}.`, level + 1, found)
    else found.push(path + name)
  }
}
