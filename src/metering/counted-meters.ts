/**
 * Which meters make up what an institution used. All of its meters, unless the site says of a balance that
 * only one side of it counts: what runs through a main meter runs through its sub meters once more.
 */
import { devicesById } from '../model/device.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Balance, Site } from '../model/site.ts'

/** Meters that no institution is charged with, because the other side of their balance is. */
export function leftOut(balances: readonly Balance[] = []): ReadonlySet<DeviceId> {
  return new Set(
    balances.flatMap(({ counts, main, subs }) =>
      counts === undefined ? [] : counts === 'main' ? subs : main,
    ),
  )
}

/** Balances of which both sides are added up in one institution, as a sentence each. */
export function countedTwice({ balances, devices }: Pick<Site, 'balances' | 'devices'>): readonly string[] {
  const byId = devicesById(devices)
  const gone = leftOut(balances)
  const institutionsOf = (meters: readonly DeviceId[]) =>
    meters.filter((id) => !gone.has(id)).flatMap((id) => byId.get(id)?.place.institution ?? [])
  return (balances ?? []).flatMap(({ id, main, subs }) => {
    const ofMains = new Set(institutionsOf(main))
    const twice = [...new Set(institutionsOf(subs))].filter((institution) => ofMains.has(institution))
    return twice.map(
      (institution) =>
        `balance ${id}: its main and its sub meters both count as water that ${institution} used; say \`counts: main\` or \`counts: subs\``,
    )
  })
}
