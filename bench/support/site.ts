/**
 * The site that benches measure on: water meters in four institutions, twenty rules declared of which five
 * apply to each meter, and concentrators (bridges) that publish for the meters of their own.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type BenchSite = {
  readonly meters: readonly string[]
  /** The configuration file. */
  readonly config: string
}

const INSTITUTIONS = 4

/** Five kinds of watch that cost what rules on a meter cost: two on the flow, the battery, silence, a leak. */
const rulesOf = (institution: string, burst: object) => {
  const declared = { severity: 'medium', order: 'automatic', verifyMs: 3_600_000 }
  const scope = { families: ['water-meter'], institutions: [institution] }
  const of = (name: string, kind: string, options: object) => ({
    id: `${institution}-${name}`,
    kind,
    ...declared,
    scope,
    options,
  })
  return [
    of('burst', 'sustained', { point: 'flow', above: 8, clearBelow: 6, forMs: 60_000, ...burst }),
    of('high-flow', 'sustained', { point: 'flow', above: 5, forMs: 7_200_000 }),
    of('battery-high', 'sustained', { point: 'battery', above: 4, forMs: 60_000 }),
    of('leak', 'continuous-flow', { floorM3h: 0.02 }),
    of('silent', 'silent', { forMs: 7_200_000 }),
  ]
}

/** `burst` changes the options of the rules on bursts; `settings` are further keys of the configuration. */
export function writeSite(
  folder: string,
  meters: number,
  { burst = {}, settings = {} }: { readonly burst?: object; readonly settings?: object } = {},
): BenchSite {
  mkdirSync(folder, { recursive: true })
  const institutions = Array.from({ length: INSTITUTIONS }, (_, i) => ({
    id: `office-${i}`,
    name: `Office ${i}`,
    type: 'office',
    headCount: 100,
    areaM2: 5000,
  }))
  const ids = Array.from({ length: meters }, (_, i) => `meter-${String(i).padStart(6, '0')}`)
  const devices = ids.map((id, i) => {
    return {
      id,
      name: id,
      profile: 'gatehouse/water-meter',
      place: { institution: `office-${i % INSTITUTIONS}` },
    }
  })
  const site = { id: 'bench', name: 'Bench', timeZone: 'Asia/Shanghai', institutions, devices }
  writeFileSync(join(folder, 'site.yaml'), JSON.stringify(site)) // JSON is YAML
  const rules = institutions.flatMap(({ id }) => rulesOf(id, burst))
  writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ rules }))
  const config = join(folder, 'gatehouse.yaml')
  writeFileSync(config, JSON.stringify({ site: 'site.yaml', rules: 'rules.yaml', ...settings }))
  return { meters: ids, config }
}

/** Nine `#` are a running number. */
export const READING = '{"volume":1284.#########,"flow":1.25,"battery":3.6}'

/** The register of READING back to the number that was in it. */
export const numberIn = (volume: number): number => Math.round((volume - 1284) * 1e9)
